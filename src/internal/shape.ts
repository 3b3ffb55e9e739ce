/** Checks of what a host answers. A problem names the place and the rule, never the value. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

/** What is wrong with a value: `${field} ${rule}` is a sentence. A blank `field` stands for the whole value. */
export interface Problem {
  readonly field: string;
  readonly rule: string;
}

/** Checks a value of any kind. */
export type Check = (value: unknown) => Either<Problem, unknown>;

/** A problem in words. `whole` names the value that was checked. */
export const wordsOf =
  (whole: string) =>
  ({ field, rule }: Problem): string =>
    `${field === '' ? whole : field} ${rule}`;

const tagOf = (value: object): unknown => ('_tag' in value ? value._tag : undefined);

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

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const mustBe = (what: string, value: unknown): Either<Problem, never> =>
  left({ field: '', rule: `must be ${what}, was ${kindOf(value)}` });

/** A value that satisfies a guard; `what` names such a value, with its article. */
export const shape =
  (what: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? right(value) : mustBe(what, value);

export const aFunction: Check = shape('a function', (value) => typeof value === 'function');

/** The same problem, one level up: `part` is the name of a property, or an index in brackets. */
const within = (part: string, { field, rule }: Problem): Either<Problem, never> =>
  left({ field: field === '' || field.startsWith('[') ? part + field : `${part}.${field}`, rule });

/** An object whose properties pass their checks. */
export const objectOf = (properties: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(properties);
  return (value) => {
    if (!isObject(value)) return mustBe('an object', value);
    for (const [name, check] of checks) {
      const checked = check(value[name]);
      if (isLeft(checked)) return kindOf(value) === 'an object' ? within(name, checked.left) : mustBe('an object', value);
    }
    return right(value);
  };
};

/** An array whose elements pass a check. */
export const arrayOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return mustBe('an array', value);
    for (const [index, element] of value.entries()) {
      const checked = check(element);
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
    const tag = isObject(value) ? tagOf(value) : undefined;
    if (tag === 'None') return right(value);
    return tag === 'Some' && isObject(value) ? check(value['value']) : mustBe('an Option (none or some)', value);
  };
