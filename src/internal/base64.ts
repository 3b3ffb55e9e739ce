/** Base64 with padding, for which neither Node nor a browser is needed. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const noDigit = 64;

const valueOfDigit = new Uint8Array(128).fill(noDigit);
for (let value = 0; value < alphabet.length; value += 1) valueOfDigit[alphabet.charCodeAt(value)] = value;

/** Bytes in one piece of the text: a multiple of 3, and few enough for the arguments of one call. */
const pieceLength = 6144;

const digitOf = (value: number): number => alphabet.charCodeAt(value & 63);

/** Bytes as base64. */
export const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (let start = 0; start < bytes.length; start += pieceLength) {
    const digits: number[] = [];
    for (let at = start; at < Math.min(start + pieceLength, bytes.length); at += 3) {
      const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      digits.push(digitOf(three >> 18), digitOf(three >> 12), digitOf(three >> 6), digitOf(three));
    }
    text += String.fromCharCode(...digits);
  }
  const padding = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - padding) + '='.repeat(padding);
};

/** The bytes that {@link base64Of} writes so; `undefined` if it does not. */
export const bytesOfBase64 = (text: string): Uint8Array | undefined => {
  if (text.length % 4 !== 0) return undefined;
  const length = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let next = 0;
  for (let at = 0; at < length; at += 1) {
    const value = valueOfDigit[text.charCodeAt(at)] ?? noDigit;
    if (value === noDigit) return undefined;
    bits = (bits << 6) | value;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    bytes[next] = bits >> bitCount;
    next += 1;
    bits &= (1 << bitCount) - 1;
  }
  return bits === 0 ? bytes : undefined;
};
