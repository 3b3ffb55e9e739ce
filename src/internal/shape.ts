/** Checks of what a host answers, in words that name the place and what was found there, never the value. */

/** What is wrong with a value, as `id must be a number, was a string`; `undefined` if nothing is. */
export type Check = (value: unknown) => string | undefined;

const tagOf = (value: object): unknown => ('_tag' in value ? value._tag : undefined);

const ignore = (): undefined => undefined;

const kindOfObject = (value: object): string => {
  if (Array.isArray(value)) return 'an array';
  if ('then' in value && typeof value.then === 'function') {
    // Where a promise was not expected, nobody else looks at it: it must not end the process if it rejects.
    Promise.resolve(value).catch(ignore);
    return 'a Promise';
  }
  if (value instanceof Map) return 'a Map';
  if (value instanceof Error) return 'an Error';
  const tag = tagOf(value);
  if (tag === 'Left' || tag === 'Right') return 'an Either';
  return tag === 'None' || tag === 'Some' ? 'an Option' : 'an object';
};

/** What a value is, with its article. */
export const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'a number that is not finite';
  return typeof value === 'object' ? kindOfObject(value) : `a ${typeof value}`;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A value that satisfies a guard; `what` says what that is, with its article. */
export const shape =
  (what: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? undefined : `must be ${what}, was ${kindOf(value)}`;

export const aFunction: Check = shape('a function', (value) => typeof value === 'function');

const isOfWhole = (problem: string): boolean => problem.startsWith('must ');

/** A problem with a part of a value, told with the part's name. */
const at = (part: string, problem: string): string =>
  isOfWhole(problem) ? `${part} ${problem}` : `${part}${problem.startsWith('[') ? '' : '.'}${problem}`;

/** A problem as a sentence: that of a whole value begins with its name. */
export const sentenceOf = (whole: string, problem: string): string =>
  isOfWhole(problem) ? `${whole} ${problem}` : problem;

/** An object whose properties pass their checks. */
export const objectOf = (properties: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(properties);
  return (value) => {
    if (!isObject(value)) return `must be an object, was ${kindOf(value)}`;
    for (const [name, check] of checks) {
      const problem = check(value[name]);
      if (problem === undefined) continue;
      const kind = kindOf(value);
      return kind === 'an object' ? at(name, problem) : `must be an object, was ${kind}`;
    }
    return undefined;
  };
};

/** An array whose elements pass a check. */
export const arrayOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return `must be an array, was ${kindOf(value)}`;
    for (const [index, element] of value.entries()) {
      const problem = check(element);
      if (problem !== undefined) return at(`[${String(index)}]`, problem);
    }
    return undefined;
  };

/** What passes a check, or is left out. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

/** An `Option` whose value passes a check. */
export const optionalOf =
  (check: Check): Check =>
  (value) => {
    const tag = isObject(value) ? tagOf(value) : undefined;
    if (tag === 'None') return undefined;
    if (tag !== 'Some' || !isObject(value)) return `must be an Option (none or some), was ${kindOf(value)}`;
    return check(value['value']);
  };
