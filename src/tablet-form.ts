/** The parsed POST of a tablet, and reading some of its fields by name. Nothing is checked yet. */

/**
 * The fields of a POST body: pairs of name and value (`URLSearchParams`, `FormData`, `Map`, an array; no iterator, such as that
 * of `entries()`, which would have nothing left for a handler), or a plain object, of which own properties count as sent,
 * whatever their values. Pairs are better: an object cannot show duplicates.
 */
export type Fields =
  (Iterable<readonly [string, unknown]> & { readonly next?: never }) | Readonly<Record<string, unknown>>;

/** A parsed POST: its method as HTTP writes it, and its fields, of which seven are read here. */
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

const isObject = (input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null;
const isArray = (input: unknown): input is readonly unknown[] => Array.isArray(input);
const isIterable = (input: object): input is Iterable<unknown> => Symbol.iterator in input;

export const repeated = Symbol('sent more than once');
const notText = Symbol('not a text');

/** What came in a field; `undefined` if nothing did. */
export type Sent = string | typeof repeated | typeof notText | undefined;

/** What came in each field of some names. */
export type SentFields<N extends string> = Readonly<Record<N, Sent>>;

/** What was read of a form, before any check. */
export interface ReadForm {
  readonly isPost: boolean;
  readonly sent: SentFields<FieldName>;
}

const textOf = (value: unknown): Sent => (typeof value === 'string' ? value : notText);

/**
 * A reader of the fields that `nothing` names: one pass, and no other field is looked at. Fields that cannot be read (no object,
 * a getter that throws) have sent nothing.
 */
export const fieldReader = <N extends string>(nothing: () => Record<N, Sent>): ((fields: unknown) => SentFields<N>) => {
  const names: ReadonlySet<unknown> = new Set(Object.keys(nothing()));
  const isNamed = (name: unknown): name is N => names.has(name);

  const readPairs = (pairs: Iterable<unknown>): SentFields<N> => {
    const sent = nothing();
    for (const pair of pairs) {
      if (!isArray(pair)) continue;
      const name = pair[0];
      if (isNamed(name)) sent[name] = sent[name] === undefined ? textOf(pair[1]) : repeated;
    }
    return sent;
  };

  const readObject = (object: Readonly<Record<string, unknown>>): SentFields<N> => {
    const sent = nothing();
    for (const name in sent) {
      if (Object.hasOwn(object, name)) sent[name] = textOf(object[name]);
    }
    return sent;
  };

  return (fields) => {
    try {
      if (!isObject(fields)) return nothing();
      return isIterable(fields) ? readPairs(fields) : readObject(fields);
    } catch {
      // What a host's objects throw tells nothing about the tablet.
      return nothing();
    }
  };
};

const readOurs = fieldReader(() => ({
  operation: undefined,
  device: undefined,
  user: undefined,
  password: undefined,
  session_id: undefined,
  session_token: undefined,
  camcops_version: undefined,
}));

/** A property, or nothing of one whose getter throws. */
const propertyOf = (form: unknown, name: keyof TabletForm): unknown => {
  try {
    return isObject(form) ? form[name] : undefined;
  } catch {
    return undefined;
  }
};

/** Reads a form without checking it. One that is no object has sent nothing. */
export const readForm = (form: unknown): ReadForm => ({
  isPost: propertyOf(form, 'method') === 'POST',
  sent: readOurs(propertyOf(form, 'fields')),
});

/** A blank field is as good as none. */
export const isBlank = (value: Sent): value is '' | undefined => value === undefined || value === '';

/** Whether a form names a client version, good or bad. What does not is no tablet (DESIGN.md, section 10). */
export const hasVersion = ({ sent }: ReadForm): boolean => !isBlank(sent.camcops_version);
