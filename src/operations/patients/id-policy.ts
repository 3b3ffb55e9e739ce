/** ID policies: which details a patient must have before their records may be uploaded, or leave the tablet. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import type { IdPolicy, PatientDetails } from './model.js';
import { isIdNumberType, textNames, textOf } from './patient-details.js';

// Model

/** Why a text is not an ID policy, for the person who writes it. */
export interface IdPolicyError {
  /**
   * `empty`: nothing but white space. `unknown-word`: a word or a character that no policy has. `syntax`: a word, a bracket or the
   * end where it may not be, or a bracket that is never closed. `too-long`: more than 500 words and brackets. `too-deep`: more than
   * 100 open brackets.
   */
  readonly reason: 'empty' | 'unknown-word' | 'syntax' | 'too-long' | 'too-deep';
  /** Where in the text, counted from 0 in UTF-16 units. */
  readonly position: number;
}

// Grammar

const maxTokens = 500;
const maxOpenBrackets = 100;

/** All but white space, piece by piece: a bracket, a word, or a character that no policy has. */
const piece = /[()]|[A-Za-z0-9_]+|[^ \t\n\v\f\r]/g;

/** CamCOPS's server reads no longer number. */
const idNumWord = /^IDNUM([0-9]{1,4300})$/;

/** The words that ask for one detail, and the detail. */
const detailOf = new Map(textNames.map((name) => [name === 'other' ? 'OTHERDETAILS' : name.toUpperCase(), name]));

const words = new Set([...detailOf.keys(), '(', ')', 'AND', 'OR', 'NOT', 'ANYIDNUM', 'OTHERIDNUM']);

const idNum = (which: number): string => `IDNUM${String(which)}`;

const tokenOf = (text: string): string | undefined => {
  const word = text.toUpperCase();
  const which = Number(idNumWord.exec(word)?.[1]);
  if (isIdNumberType(which)) return idNum(which);
  return words.has(word) ? word : undefined;
};

/**
 * Reads an ID policy. Letter case and white space (space, tab, LF, CR, VT, FF) are free.
 *
 *     policy  = content (("AND" | "OR") content)*
 *     content = "NOT" content | "(" policy ")" | word
 *     word    = "FORENAME" | "SURNAME" | "SEX" | "DOB" | "ADDRESS" | "EMAIL" | "GP" | "OTHERDETAILS"
 *             | "ANYIDNUM" | "OTHERIDNUM" | "IDNUM" followed directly by 1 to 2147483647
 *
 * Accepts what both CamCOPS's server and its client accept, with at most 500 words and brackets and 100 open brackets. The number of
 * characters is not limited.
 *
 * @example
 * import { parseIdPolicy, showIdPolicy } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const parsed = (text: string) => E.map(showIdPolicy)(parseIdPolicy(text));
 * parsed('sex AND ((forename AND surname AND dob) OR anyidnum)');
 * // right('SEX AND ((FORENAME AND SURNAME AND DOB) OR ANYIDNUM)')
 * parsed('sex AND name'); // left({ reason: 'unknown-word', position: 8 })
 */
export const parseIdPolicy = (text: string): Either<IdPolicyError, IdPolicy> => {
  const tokens: string[] = [];
  const open: number[] = [];
  let needsContent = true;
  for (const { 0: found, index: position } of text.matchAll(piece)) {
    const fails = (reason: IdPolicyError['reason']) => left({ reason, position });
    const token = tokenOf(found);
    if (token === undefined) return fails('unknown-word');
    if (tokens.length === maxTokens) return fails('too-long');
    const isOperator = token === 'AND' || token === 'OR';
    if (needsContent === (isOperator || token === ')')) return fails('syntax');
    if (token === '(' && open.push(position) > maxOpenBrackets) return fails('too-deep');
    if (token === ')' && open.pop() === undefined) return fails('syntax');
    needsContent = isOperator || token === 'NOT' || token === '(';
    tokens.push(token);
  }
  if (tokens.length === 0) return left({ reason: 'empty', position: 0 });
  if (needsContent) return left({ reason: 'syntax', position: text.length });
  const unclosed = open.pop();
  // The only maker of an IdPolicy.
  return unclosed === undefined
    ? right(tokens as readonly string[] as IdPolicy)
    : left({ reason: 'syntax', position: unclosed });
};

// Printing

/**
 * Prints a policy on one line, in capitals. The words and brackets and their order stay, because a tablet compares its
 * stored policy with the server's.
 *
 * @example
 * import { parseIdPolicy, showIdPolicy } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * E.map(showIdPolicy)(parseIdPolicy('sex and(idnum01 or\nnot dob)')); // right('SEX AND (IDNUM1 OR NOT DOB)')
 * E.map(showIdPolicy)(parseIdPolicy('sex and')); // left({ reason: 'syntax', position: 7 })
 */
export const showIdPolicy = (policy: IdPolicy): string => policy.join(' ').replaceAll('( ', '(').replaceAll(' )', ')');

// Evaluation

/**
 * Evaluates strictly from left to right: AND and OR have the same rank, and NOT belongs to the one word or bracket after it. Stops at
 * the closing bracket. A policy has at most 100 open brackets, so the recursion is no deeper.
 */
const evaluated = (tokens: Iterator<string>, isTrue: (word: string) => boolean): boolean => {
  let result = false;
  let operator: 'AND' | 'OR' = 'OR';
  let negated = false;
  for (let next = tokens.next(); next.done !== true && next.value !== ')'; next = tokens.next()) {
    const token = next.value;
    if (token === 'AND' || token === 'OR') operator = token;
    else if (token === 'NOT') negated = !negated;
    else {
      const content = (token === '(' ? evaluated(tokens, isTrue) : isTrue(token)) !== negated;
      result = operator === 'OR' ? result || content : result && content;
      negated = false;
    }
  }
  return result;
};

/**
 * Returns whether a patient satisfies a policy. A detail is present unless it is absent or an empty text; an ID number is present whatever
 * its value, 0 included. OTHERIDNUM asks for an ID number of a type that the policy names nowhere.
 *
 * @example
 * import { parseIdPolicy, satisfiesIdPolicy } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * const nobody = { forename: none, surname: none, dob: none, address: none, email: none, gp: none, other: none };
 * const ann = { ...nobody, sex: some('F'), idNumbers: new Map([[1, 9434765919]]) };
 * const satisfied = (policy: string) => pipe(parseIdPolicy(policy), E.map((parsed) => satisfiesIdPolicy(parsed)(ann)));
 * satisfied('sex AND idnum1'); // right(true)
 * satisfied('sex AND otheridnum'); // right(true)
 * satisfied('sex AND idnum1 AND otheridnum'); // right(false)
 * satisfied('sex OR'); // left({ reason: 'syntax', position: 6 })
 */
export const satisfiesIdPolicy = (policy: IdPolicy): ((patient: PatientDetails) => boolean) => {
  const named = new Set(policy);
  return (patient) => {
    const types = [...patient.idNumbers.keys()];
    return evaluated(policy.values(), (word) => {
      if (word === 'ANYIDNUM') return types.length > 0;
      if (word === 'OTHERIDNUM') return types.some((which) => !named.has(idNum(which)));
      const detail = detailOf.get(word);
      return detail === undefined ? types.some((which) => word === idNum(which)) : textOf(patient[detail]) !== '';
    });
  };
};
