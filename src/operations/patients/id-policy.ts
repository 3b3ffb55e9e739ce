/** ID policies: which details a patient must have before their records may be uploaded, or leave the tablet. */
import type * as t from 'io-ts';

import { textOf, type PatientDetails } from './patient-details.js';

// Model

interface IdPolicyBrand {
  readonly IdPolicy: unique symbol;
}

/** The words that ask for one detail, and the detail. */
const detailWords = {
  FORENAME: 'forename',
  SURNAME: 'surname',
  SEX: 'sex',
  DOB: 'dob',
  ADDRESS: 'address',
  EMAIL: 'email',
  GP: 'gp',
  OTHERDETAILS: 'other',
} as const;

type DetailWord = keyof typeof detailWords;

const otherTokens = ['(', ')', 'AND', 'OR', 'NOT', 'ANYIDNUM', 'OTHERIDNUM'] as const;

type OtherToken = (typeof otherTokens)[number];

/** A bracket, a word, or the N of `IDNUMN`. */
export type IdPolicyToken = DetailWord | OtherToken | number;

export const isDetailWord = (word: string): word is DetailWord => Object.hasOwn(detailWords, word);

export const isOtherToken = (word: string): word is OtherToken => otherTokens.some((token) => token === word);

/** A policy in its words and brackets. Only `parseIdPolicy` makes one, so it is known to be valid. */
export type IdPolicy = t.Branded<readonly IdPolicyToken[], IdPolicyBrand>;

// Printing

const shown = (token: IdPolicyToken): string => (typeof token === 'number' ? `IDNUM${String(token)}` : token);

/**
 * A policy on one line, in capitals. A tablet reads it as the same words and brackets in the same order: so it compares the policy
 * that it has stored with the one that the server tells it.
 *
 * @example
 * import { parseIdPolicy, showIdPolicy } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * E.map(showIdPolicy)(parseIdPolicy('sex and(idnum01 or\nnot dob)')); // right('SEX AND (IDNUM1 OR NOT DOB)')
 * E.map(showIdPolicy)(parseIdPolicy('sex and')); // left({ reason: 'syntax', position: 7 })
 */
export const showIdPolicy = (policy: IdPolicy): string =>
  policy.map(shown).join(' ').replaceAll('( ', '(').replaceAll(' )', ')');

// Evaluation

type InformationWord = Exclude<IdPolicyToken, '(' | ')' | 'AND' | 'OR' | 'NOT'>;
type Asked = (word: InformationWord) => boolean;

const askedOf =
  (named: ReadonlySet<IdPolicyToken>, patient: PatientDetails): Asked =>
  (word) => {
    if (typeof word === 'number') return patient.idNumbers.has(word);
    if (word === 'ANYIDNUM') return patient.idNumbers.size > 0;
    if (word === 'OTHERIDNUM') return [...patient.idNumbers.keys()].some((which) => !named.has(which));
    return textOf(patient[detailWords[word]]) !== '';
  };

/**
 * Strictly from left to right: AND and OR have the same rank, and NOT belongs to the one word or bracket that follows it. It reads up
 * to the bracket that closes its own; a policy has at most 100 open brackets, so the recursion is no deeper.
 */
const evaluated = (tokens: Iterator<IdPolicyToken>, isTrue: Asked): boolean => {
  let result = false;
  let operator: 'AND' | 'OR' = 'OR';
  let negated = false;
  for (let next = tokens.next(); next.done !== true && next.value !== ')'; next = tokens.next()) {
    const token = next.value;
    if (token === 'AND' || token === 'OR') {
      operator = token;
    } else if (token === 'NOT') {
      negated = !negated;
    } else {
      const content = (token === '(' ? evaluated(tokens, isTrue) : isTrue(token)) !== negated;
      result = operator === 'OR' ? result || content : result && content;
      negated = false;
    }
  }
  return result;
};

/**
 * Whether a patient satisfies a policy. A detail is present unless it is absent or an empty text; an ID number is present whatever
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
  return (patient) => evaluated(policy.values(), askedOf(named, patient));
};
