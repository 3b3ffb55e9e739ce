/** The fields of a form, by name, read in one pass: there may be as many as records. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import type { HasClientVersion } from '../../client-quirks.js';
import { duplicateField, invalidField, missingField } from '../../refusals/form.js';
import { notInteger } from '../../refusals/tables.js';
import type { Fields } from '../../tablet-form.js';
import { textRule } from '../../tablet-request.js';
import type { UserError } from '../../user-error.js';
import type { UploadTables } from '../tables.js';
import { isWhole } from '../wire/characters.js';

/** Each field's text, or why it cannot be used. */
export type ReadFields = ReadonlyMap<string, Either<UserError, string>>;

/** What a command is read from. */
export interface Source {
  readonly tables: UploadTables;
  readonly client: HasClientVersion;
  readonly fields: ReadFields;
}

/** Reads one operation's command. */
export type Reader<C> = (source: Source) => Either<UserError, C>;

const isArray = (input: unknown): input is readonly unknown[] => Array.isArray(input);

/** Reads all fields. If they cannot be read (a getter that throws), nothing counts as sent. */
export const readFields = (fields: Fields): ReadFields => {
  const read = new Map<string, Either<UserError, string>>();
  try {
    const pairs: Iterable<unknown> = Symbol.iterator in fields ? fields : Object.entries(fields);
    for (const pair of pairs) {
      const name = isArray(pair) ? pair[0] : undefined;
      if (!isArray(pair) || typeof name !== 'string') continue;
      const text = typeof pair[1] === 'string' ? right(pair[1]) : left(invalidField(name, textRule));
      read.set(name, read.has(name) ? left(duplicateField(name)) : text);
    }
    return read;
  } catch {
    return new Map();
  }
};

const blank = right('');

/** The text of a field; empty if it was not sent. */
export const textOf = ({ fields }: Source, name: string): Either<UserError, string> => fields.get(name) ?? blank;

/** The text of a field that the operation needs. A blank field counts as absent. */
export const neededText = (source: Source, name: string): Either<UserError, string> => {
  const text = textOf(source, name);
  return isLeft(text) || text.right !== '' ? text : left(missingField(name));
};

/** The whole number in a field that the operation needs: `[-]digits`. */
export const neededInteger = (source: Source, name: string): Either<UserError, number> => {
  const text = neededText(source, name);
  if (isLeft(text)) return text;
  return isWhole(text.right) ? right(Number(text.right)) : left(notInteger(name, text.right));
};
