/** Remembering results by a short string: a server meets few client versions, often. */

const maxRemembered = 64;
// A longer string may be a slice, and a slice keeps the whole body in memory.
const maxLength = 12;

/** Returns the same function, which remembers a few results. A result must depend on nothing but the string. */
export const memoized = <K extends string, A extends object>(compute: (text: K) => A): ((text: K) => A) => {
  const known = new Map<K, A>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const result = compute(text);
    if (text.length <= maxLength) {
      if (known.size === maxRemembered) known.clear();
      known.set(text, result);
    }
    return result;
  };
};
