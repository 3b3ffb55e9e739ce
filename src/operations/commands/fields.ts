/** The fields of a form, by name, in one pass: there may be as many as records. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { duplicateField, invalidField, missingField } from '../../refusals/form.js';
import { notInteger } from '../../refusals/tables.js';
import type { Fields } from '../../tablet-form.js';
import { textRule } from '../../tablet-request.js';
import type { UserError } from '../../user-error.js';

/** Each field's text, or why it cannot be used. */
export type ReadFields = ReadonlyMap<string, Either<UserError, string>>;

const isArray = (input: unknown): input is readonly unknown[] => Array.isArray(input);

/** Reads all fields. If they cannot be read (a getter that throws), nothing counts as sent. */
export const readFields = (fields: Fields): ReadFields => {
  const read = new Map<string, Either<UserError, string>>();
  try {
    const pairs: Iterable<unknown> = Symbol.iterator in fields ? fields : Object.entries(fields);
    for (const pair of pairs) {
      if (!isArray(pair)) continue;
      const [name, value] = pair;
      if (typeof name !== 'string') continue;
      const text = typeof value === 'string' ? right(value) : left(invalidField(name, textRule));
      read.set(name, read.has(name) ? left(duplicateField(name)) : text);
    }
    return read;
  } catch {
    return new Map();
  }
};

const blank = right('');

/** The text of a field; empty if it was not sent. */
export const textOf = (fields: ReadFields, name: string): Either<UserError, string> => fields.get(name) ?? blank;

/** The text of a field that the operation needs. A blank field counts as absent. */
export const neededText = (fields: ReadFields, name: string): Either<UserError, string> => {
  const text = textOf(fields, name);
  return isLeft(text) || text.right !== '' ? text : left(missingField(name));
};

/** The whole number in a field that the operation needs: `[-]digits`. */
export const neededInteger = (fields: ReadFields, name: string): Either<UserError, number> => {
  const text = neededText(fields, name);
  if (isLeft(text)) return text;
  return /^-?[0-9]+$/.test(text.right) ? right(Number(text.right)) : left(notInteger(name, text.right));
};
