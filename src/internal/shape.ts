/** Checks of what a host gives. A problem names the place and the rule, never the value. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

/** What is wrong with a value: `${field} ${rule}` is a sentence. A blank `field` stands for the whole value. */
export interface Problem {
  readonly field: string;
  readonly rule: string;
}

/** Checks a value of any kind, whatever its type promises, and gives it back. */
export type Check = <A>(value: A) => Either<Problem, A>;

/** A problem in words. `whole` names the value that was checked. */
export const wordsOf =
  (whole: string) =>
  ({ field, rule }: Problem): string =>
    `${field === '' ? whole : field} ${rule}`;

export const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether a property is not the object's own but may come from a polluted `Object.prototype`. */
export const isPolluted = (object: object, name: PropertyKey): boolean =>
  name in Object.prototype && !Object.hasOwn(object, name);

/**
 * The property of an object, which may come from its class. What somebody has put on `Object.prototype` does not count: it would be the
 * `superuser` of every user who has none.
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

/** Handles the rejection of a promise where none was expected: nobody awaits it, and an unhandled rejection ends the process. */
export const handleRejection = (value: unknown): void => {
  if (kindOf(value) === 'a Promise') Promise.resolve(value).catch(ignore);
};

/** Refuses a value that is not `what`. If the value is a promise, its rejection is handled: nobody else looks at a refused value. */
export const mustBe = (what: string, value: unknown, field = ''): Either<Problem, never> => {
  handleRejection(value);
  return left({ field, rule: `must be ${what}, was ${kindOf(value)}` });
};

/** A value that satisfies a guard; `what` names such a value, with its article. */
export const shape =
  (what: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? right(value) : mustBe(what, value);

export const aFunction: Check = shape('a function', (value) => typeof value === 'function');
export const aString: Check = shape('a string', (value) => typeof value === 'string');

/** The same problem, one level up: `part` is the name of a property, or an index in brackets. */
const within = (part: string, { field, rule }: Problem): Either<Problem, never> =>
  left({ field: field === '' || field.startsWith('[') ? part + field : `${part}.${field}`, rule });

/** An object whose properties pass their checks. */
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

/** An array whose elements pass a check. */
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

/** A value that passes a check, or is left out. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined ? right(value) : check(value);

/** An `Option` whose value passes a check. */
export const optionalOf =
  (check: Check): Check =>
  (value) => {
    const tag = tagOf(value);
    if (tag === 'None') return right(value);
    if (tag !== 'Some' || !isObject(value)) return mustBe('an Option (none or some)', value);
    const checked = check(property(value, 'value'));
    return isLeft(checked) ? checked : right(value);
  };
