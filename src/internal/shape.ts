/** Checks of what a host gives. A problem names the place and the rule, never the value. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

/** What is wrong with a value: `${field} ${rule}` is a sentence. A blank `field` stands for the whole value. */
export interface Problem {
  readonly field: string;
  readonly rule: string;
}

/** Checks a value, whatever its type promises, and returns it unchanged. */
export type Check = <A>(value: A) => Either<Problem, A>;

/** Puts a problem in words. `whole` names the value that was checked. */
export const wordsOf =
  (whole: string) =>
  ({ field, rule }: Problem): string =>
    `${field === '' ? whole : field} ${rule}`;

export const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;

/** Returns whether a property may come from a polluted `Object.prototype` instead of the object itself. */
export const isPolluted = (object: object, name: PropertyKey): boolean =>
  name in Object.prototype && !Object.hasOwn(object, name);

/**
 * Returns a property of an object, or of its class. A property that somebody has put on `Object.prototype` does not count: otherwise a
 * polluted `superuser` would be true for every user.
 */
export const property = <A extends object, K extends keyof A>(object: A, name: K): A[K] | undefined =>
  isPolluted(object, name) ? undefined : object[name];

/** The `_tag` of an `Either` or an `Option`, if the value is an object that has one. */
export const tagOf = (value: unknown): unknown => (isObject(value) ? property(value, '_tag') : undefined);

const kindOfObject = (value: object): string => {
  if (Array.isArray(value)) return 'an array';
  if ('then' in value && typeof value.then === 'function') return 'a Promise';
  if (value instanceof Map) return 'a Map';
  if (value instanceof Error) return 'an Error';
  const tag = tagOf(value);
  if (tag === 'Left' || tag === 'Right') return 'an Either';
  return tag === 'None' || tag === 'Some' ? 'an Option' : 'an object';
};

/** The kind of a value, with its article. */
export const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'a number that is not finite';
  return typeof value === 'object' ? kindOfObject(value) : `a ${typeof value}`;
};

const ignore = (): undefined => undefined;

/** Handles the rejection of a promise that nobody expected or awaits: an unhandled rejection would end the process. */
export const handleRejection = (value: unknown): void => {
  if (kindOf(value) === 'a Promise') Promise.resolve(value).catch(ignore);
};

/** Refuses a value that is not `what`. If the value is a promise, handles its rejection, because nobody else will. */
export const mustBe = (what: string, value: unknown, field = ''): Either<Problem, never> => {
  handleRejection(value);
  return left({ field, rule: `must be ${what}, was ${kindOf(value)}` });
};

/** Checks that a value satisfies a guard; `what` names such a value, with its article. */
export const shape =
  (what: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? right(value) : mustBe(what, value);

/** Checks that a value obeys a rule, which begins with "must". */
export const obeys =
  (rule: string, isKept: (value: unknown) => boolean): Check =>
  (value) =>
    isKept(value) ? right(value) : left({ field: '', rule });

/** Checks that a value is a text that obeys a rule. */
export const textThat = (rule: string, isKept: (text: string) => boolean): Check =>
  obeys(rule, (value) => typeof value === 'string' && isKept(value));

export const aFunction: Check = shape('a function', (value) => typeof value === 'function');
export const aBoolean: Check = shape('a boolean', (value) => typeof value === 'boolean');
export const aString: Check = shape('a string', (value) => typeof value === 'string');

/** Returns the same problem as seen one level up: `part` is the name of a property, or an index in brackets. */
const within = (part: string, { field, rule }: Problem): Either<Problem, never> =>
  left({ field: field === '' || field.startsWith('[') ? part + field : `${part}.${field}`, rule });

/** Checks an object, property by property. */
export const objectOf = (properties: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(properties);
  return (value) => {
    if (!isObject(value)) return mustBe('an object', value);
    for (const [name, check] of checks) {
      const checked = check(property(value, name));
      if (isLeft(checked))
        return kindOf(value) === 'an object' ? within(name, checked.left) : mustBe('an object', value);
    }
    return right(value);
  };
};

/** Checks an array, element by element. */
export const arrayOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return mustBe('an array', value);
    for (let index = 0; index < value.length; index += 1) {
      const checked = check(property<readonly unknown[], number>(value, index));
      if (isLeft(checked)) return within(`[${String(index)}]`, checked.left);
    }
    return right(value);
  };

/** Checks a value, unless it is left out. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined ? right(value) : check(value);

/** Checks an `Option`, and its value if there is one. */
export const optionalOf =
  (check: Check): Check =>
  (value) => {
    const tag = tagOf(value);
    if (tag === 'None') return right(value);
    if (tag !== 'Some' || !isObject(value)) return mustBe('an Option (none or some)', value);
    const checked = check(property(value, 'value'));
    return isLeft(checked) ? checked : right(value);
  };

/** Returns what is wrong with a value, as an error for its host. Reading the value may throw. */
export const errorOf =
  (whole: string, check: Check) =>
  (value: unknown): Option<TypeError> => {
    try {
      const checked = check(value);
      return isLeft(checked) ? some(new TypeError(wordsOf(whole)(checked.left))) : none;
    } catch (thrown) {
      return some(new TypeError(`${whole} must be readable: reading threw`, { cause: thrown }));
    }
  };
