/** The form that a host gives, and a reader of its fields by name. Checks nothing yet. */
import { exists, getOrElse, tryCatch } from 'fp-ts/lib/Option.js';

import { isObject, property } from './internal/shape.js';

/**
 * The fields of a POST body: pairs of name and value (`URLSearchParams`, `FormData`, `Map`, an array), or a plain object, whose
 * own properties count as sent whatever their values. Pairs are better: an object cannot show duplicates. An iterator, such as
 * that of `entries()`, is refused by type: it would have nothing left for a handler.
 */
export type Fields =
  (Iterable<readonly [string, unknown]> & { readonly next?: never }) | Readonly<Record<string, unknown>>;

/** A parsed POST: its method as HTTP writes it, and its fields, of which the front door reads seven. */
export interface TabletForm<F extends Fields = Fields> {
  readonly method: string;
  readonly fields: F;
}

/** In the order in which they are checked. */
export const fieldNames = [
  'operation',
  'device',
  'user',
  'password',
  'session_id',
  'session_token',
  'camcops_version',
] as const;

export type FieldName = (typeof fieldNames)[number];

const isArray = (input: unknown): input is readonly unknown[] => Array.isArray(input);
const isIterable = (input: object): input is Iterable<unknown> => Symbol.iterator in input;

export const repeated = Symbol('sent more than once');
const notText = Symbol('not a text');

/** The value of a field; `undefined` if the field was not sent. */
export type Received = string | typeof repeated | typeof notText | undefined;

/** A form that was read, before any check. */
export interface ReadForm {
  readonly isPost: boolean;
  readonly sent: Readonly<Record<FieldName, Received>>;
}

const textOf = (value: unknown): Received => (typeof value === 'string' ? value : notText);

const nothing = (): Record<FieldName, Received> => ({
  operation: undefined,
  device: undefined,
  user: undefined,
  password: undefined,
  session_id: undefined,
  session_token: undefined,
  camcops_version: undefined,
});

const names: ReadonlySet<unknown> = new Set(fieldNames);
const isNamed = (name: unknown): name is FieldName => names.has(name);

const readPairs = (pairs: Iterable<unknown>): ReadForm['sent'] => {
  const sent = nothing();
  // Decided once, because asking each pair whether it has its own items is slow.
  const areOwn = !(0 in Array.prototype || 1 in Array.prototype);
  for (const pair of pairs) {
    if (!isArray(pair)) continue;
    const name = pair[0];
    if (!isNamed(name) || !(areOwn || Object.hasOwn(pair, 0))) continue;
    if (sent[name] === undefined) sent[name] = textOf(areOwn || Object.hasOwn(pair, 1) ? pair[1] : undefined);
    else sent[name] = repeated;
  }
  return sent;
};

const readObject = (object: Readonly<Record<string, unknown>>): ReadForm['sent'] => {
  const sent = nothing();
  for (const name of fieldNames) if (Object.hasOwn(object, name)) sent[name] = textOf(object[name]);
  return sent;
};

/** Reads our seven fields in one pass. Fields that are not an object count as not sent. */
const readFields = (fields: unknown): ReadForm['sent'] => {
  if (!isObject(fields)) return nothing();
  return isIterable(fields) ? readPairs(fields) : readObject(fields);
};

const propertyOf = (form: unknown, name: keyof TabletForm): unknown =>
  isObject(form) ? property(form, name) : undefined;

/**
 * Reads a form without checking it. A form that is not an object counts as empty, and so does what cannot be read, because a getter
 * throws: then the host's object is to blame, not the tablet.
 */
export const readForm = (form: unknown): ReadForm => ({
  isPost: exists((method) => method === 'POST')(tryCatch(() => propertyOf(form, 'method'))),
  sent: getOrElse(nothing)(tryCatch(() => readFields(propertyOf(form, 'fields')))),
});

/** Returns whether a form names a client version, good or bad, as every tablet does. A blank field counts as absent. */
export const hasVersion = ({ sent }: ReadForm): boolean =>
  sent.camcops_version !== undefined && sent.camcops_version !== '';
