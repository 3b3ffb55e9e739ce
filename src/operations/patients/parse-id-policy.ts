/** The grammar of ID policies, and what is wrong with a text that breaks it. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import { isIdNumberType } from './id-number.js';
import { isDetailWord, isOtherToken, type IdPolicy, type IdPolicyToken } from './id-policy.js';

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

const maxTokens = 500;
const maxOpenBrackets = 100;

/** All but white space, piece by piece: a bracket, a word, or a character that no policy has. */
const piece = /[()]|[A-Za-z0-9_]+|[^ \t\n\v\f\r]/g;

/** CamCOPS's server reads no number of more digits. */
const idNumWord = /^IDNUM([0-9]{1,4300})$/;

/** The only maker of an {@link IdPolicy}. */
const idPolicy = (tokens: readonly IdPolicyToken[]): IdPolicy => tokens as IdPolicy;

const tokenOf = (text: string): IdPolicyToken | undefined => {
  const word = text.toUpperCase();
  if (isDetailWord(word) || isOtherToken(word)) return word;
  const which = Number(idNumWord.exec(word)?.[1]);
  return isIdNumberType(which) ? which : undefined;
};

/**
 * Reads an ID policy. Letter case and white space (space, tab, LF, CR, VT, FF) are free.
 *
 *     policy  = content (("AND" | "OR") content)*
 *     content = "NOT" content | "(" policy ")" | word
 *     word    = "FORENAME" | "SURNAME" | "SEX" | "DOB" | "ADDRESS" | "EMAIL" | "GP" | "OTHERDETAILS"
 *             | "ANYIDNUM" | "OTHERIDNUM" | "IDNUM" followed directly by 1 to 2147483647
 *
 * It takes what both CamCOPS's server and its client take, of at most 500 words and brackets and 100 open brackets. There is no limit
 * on characters.
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
  const tokens: IdPolicyToken[] = [];
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
  return unclosed === undefined ? right(idPolicy(tokens)) : left({ reason: 'syntax', position: unclosed });
};
