/** What is left of an input that fails when all has been taken away that it does not need for that. */

type Fails = (input: unknown) => Promise<boolean>;
type Parts = string | readonly unknown[];

const isObject = (part: unknown): part is object => typeof part === 'object' && part !== null;
/** A list of texts and numbers is a pair or the like, which loses no part. */
const hasParts = (part: unknown): part is Parts =>
  typeof part === 'string' || (Array.isArray(part) && part.every(isObject));
const without = (parts: Parts, from: number, size: number): Parts =>
  typeof parts === 'string'
    ? parts.slice(0, from) + parts.slice(from + size)
    : [...parts.slice(0, from), ...parts.slice(from + size)];
const replaced = (whole: object, key: string, part: unknown): object =>
  Array.isArray(whole) ? whole.map((old: unknown, at) => (String(at) === key ? part : old)) : { ...whole, [key]: part };

/** Halves, quarters and so on are left out, as long as it fails. */
const fewest = async (parts: Parts, fails: Fails): Promise<Parts> => {
  let left = parts;
  for (let size = left.length; size > 0; size >>= 1) {
    for (let at = 0; at < left.length;) {
      const less = without(left, at, size);
      if (await fails(less)) left = less;
      else at += size;
    }
  }
  return left;
};

/** Where there is something to cut: the rest must stay as it is, or it would be no input. */
const cut: ReadonlySet<string> = new Set(['form', 'pairs', 'fields', 'words']);

export const smallest = async (input: unknown, fails: Fails): Promise<unknown> => {
  const least = hasParts(input) ? await fewest(input, fails) : input;
  if (!isObject(least)) return least;
  let whole = least;
  for (const [key, part] of Object.entries(least) as readonly (readonly [string, unknown])[]) {
    if (!Array.isArray(whole) && !cut.has(key)) continue;
    const before = whole;
    whole = replaced(before, key, await smallest(part, (less) => fails(replaced(before, key, less))));
  }
  return whole;
};
