/** The answer to `get_extra_strings`: the texts of tasks, which are not in the client. */
import type { Either } from 'fp-ts/lib/Either.js';

import { rowsAnswer } from '../wire/rows-answer.js';
import { answerIf, type BrokenRule } from './broken-rule.js';

/** A text of a task in one language. */
export interface ExtraString {
  /** Not blank. */
  readonly task: string;
  /** Not blank. */
  readonly name: string;
  /** Such as `en_GB`. */
  readonly language: string;
  readonly value: string;
}

const rows = rowsAnswer(['task', 'name', 'language', 'value']);

/**
 * The answer to `get_extra_strings`. One string with a blank task or name would make a tablet store none of them, so it is refused.
 *
 * @example
 * import { extraStringsAnswer } from 'camcops-tablet-session/operations';
 *
 * extraStringsAnswer([{ task: 'phq9', name: 'q1', language: 'en_GB', value: 'Little interest' }]);
 * // right({ nfields: '4', fields: 'task,name,language,value', nrecords: '1', record0: "'phq9','q1','en_GB','Little interest'" })
 * extraStringsAnswer([{ task: 'phq9', name: '', language: 'en_GB', value: 'Little interest' }]);
 * // left({ field: 'extraStrings[0]', rule: 'must have a task and a name' })
 */
export const extraStringsAnswer = (
  strings: readonly ExtraString[],
): Either<BrokenRule, Readonly<Record<string, string>>> => {
  const blank = strings.findIndex(({ task, name }) => task.trim() === '' || name.trim() === '');
  return answerIf([[`extraStrings[${String(blank)}]`, 'must have a task and a name', blank < 0]], () => rows(strings));
};
