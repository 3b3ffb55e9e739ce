/** Decodes a form in place, a piece at a time, so that other requests are served meanwhile. */
import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';

export type Form = readonly (readonly [name: string, value: string])[];

/** Limits of what makes a form slow to read. A text takes longer than a photograph of the same size. */
export interface FormLimits {
  readonly maxFields: number;
  /** Of the characters `, " ' \`, which separate or escape something. A `[` or `{` counts as eight. */
  readonly maxMarks: number;
  /** Of all bytes outside photographs, `64'...'`. */
  readonly maxTextBytes: number;
}

/** Why a form cannot be read. */
export type FormProblem = 'bad-text' | 'too-much-text';

const piece = 1024 * 1024;
const code = { ampersand: 0x26, apostrophe: 0x27, equals: 0x3d, percent: 0x25, plus: 0x2b, space: 0x20 };
/** What each byte counts. An object or a list takes as long to begin as many values take. */
const marks = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return '[{'.includes(character) ? 8 : Number(',"\'\\'.includes(character));
});
const digits = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? 255 : digit;
});

/**
 * Decodes a form in place, and overwrites its bytes. Pauses between pieces, outside of the inner loop, which is faster then. Lets NUL
 * pass, because the package names the record and column that hold it.
 */
function* decoding(body: Buffer, limits: FormLimits): Generator<undefined, Form | FormProblem> {
  const { maxFields, maxMarks, maxTextBytes } = limits;
  const form: [string, string][] = [];
  let name: string | undefined;
  // The bytes from `start` to `to` hold what the name or value at `at` decodes to.
  let [start, to, marked, text] = [0, 0, 0, 0];
  let isPhotograph = false;
  for (let at = 0; at <= body.length;) {
    const until = Math.min(at + piece, body.length + 1);
    for (; at < until; at += 1) {
      let byte = at < body.length ? (body[at] ?? 0) : code.ampersand;
      if (byte === code.ampersand || (byte === code.equals && name === undefined)) {
        const bytes = body.subarray(start, to);
        if (!isUtf8(bytes)) return 'bad-text';
        const decoded = bytes.toString('utf8');
        if (byte === code.equals) name = decoded;
        else {
          if (name !== undefined) form.push([name, decoded]);
          else if (decoded !== '') form.push([decoded, '']);
          if (form.length > maxFields) return 'too-much-text';
          name = undefined;
        }
        start = to;
        isPhotograph = false;
        continue;
      }
      if (byte === code.plus) byte = code.space;
      else if (byte === code.percent) {
        const high = digits[body[at + 1] ?? 0] ?? 255;
        const low = digits[body[at + 2] ?? 0] ?? 255;
        if (high > 15 || low > 15) return 'bad-text';
        byte = high * 16 + low;
        at += 2;
      }
      marked += marks[byte] ?? 0;
      if (byte === code.apostrophe) isPhotograph = !isPhotograph && body[to - 1] === 0x34 && body[to - 2] === 0x36;
      if (!isPhotograph) text += 1;
      body[to] = byte;
      to += 1;
    }
    if (marked > maxMarks || text > maxTextBytes) return 'too-much-text';
    if (at <= body.length) yield undefined;
  }
  return form;
}

/** Decodes a form. Others have a turn after each piece. */
export const decodeForm = async (body: Buffer, limits: FormLimits): Promise<Form | FormProblem> => {
  const pieces = decoding(body, limits);
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
    await setImmediate();
  }
};
