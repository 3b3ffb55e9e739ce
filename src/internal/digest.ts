/** A digest of texts, which shows whether two lists are equal without keeping either. */

// Odd numbers, so that no step loses bits. Each lane has its own, so that two lists which collide in one lane differ in the others.
const multipliers = [0x01000193, 0x85ebca6b, 0xc2b2ae35, 0x9e3779b1] as const;

/**
 * Returns 128 bits in hexadecimal digits. Equal lists have equal digests; different lists have different ones, except by a chance of about
 * 2^-128. This is no cryptography: someone can construct two lists with one digest, so compare only lists from the same sender.
 */
export const digestOf = (texts: Iterable<string>): string => {
  let [a, b, c, d] = [0x811c9dc5, 0x7feb352d, 0x846ca68b, 0x2545f491];
  const add = (code: number): void => {
    a = Math.imul(a ^ code, multipliers[0]);
    b = Math.imul(b ^ code ^ (a >>> 15), multipliers[1]);
    c = Math.imul(c ^ code ^ (b >>> 13), multipliers[2]);
    d = Math.imul(d ^ code ^ (c >>> 16), multipliers[3]);
  };
  for (const text of texts) {
    for (let at = 0; at < text.length; at += 1) add(text.charCodeAt(at));
    // No text has this code, so two texts differ from the one that joins them.
    add(0x10000);
  }
  return [a, b, c, d].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
};
