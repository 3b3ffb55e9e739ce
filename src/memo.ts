/** Remembering what has been computed from a short text: a server meets few client versions, often. */

const most = 256;
// A longer text may be a slice that keeps the whole body it was cut from in memory.
const longest = 12;

/** The same function, which remembers a few of its results. What it computes must depend on the text alone. */
export const memoized = <K extends string, A extends boolean | object>(compute: (text: K) => A): ((text: K) => A) => {
  const known = new Map<K, A>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const result = compute(text);
    if (text.length <= longest) {
      if (known.size === most) known.clear();
      known.set(text, result);
    }
    return result;
  };
};
