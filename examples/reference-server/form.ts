/** Decoding a form: once, in place, a piece at a time, so that others are served meanwhile. */
import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';

export type Form = readonly (readonly [name: string, value: string])[];

/** To read a value takes time by its parts, and for a text more than for a photograph of the same size. */
export interface FormLimits {
  readonly maxFields: number;
  /** Of characters that separate or escape something: `, " ' \`. A `[` or `{` counts as eight. */
  readonly maxMarks: number;
  /** Of all bytes except those of photographs, `64'...'`. */
  readonly maxTextBytes: number;
}

/** Why a form cannot be read. */
export interface FormProblem {
  readonly problem: 'bad-text' | 'too-many-fields' | 'too-much-text';
}

const piece = 1024 * 1024;
const code = { ampersand: 0x26, apostrophe: 0x27, equals: 0x3d, percent: 0x25, plus: 0x2b, space: 0x20 };
/** To begin an object or a list takes as long as many values. */
const marks = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return '[{'.includes(character) ? 8 : Number(',"\'\\'.includes(character));
});
const digits = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? 255 : digit;
});

/** Decodes a form, whose bytes are overwritten. NUL is left to the package, which names the record and column that hold it. */
export const decodeForm = async (
  body: Buffer,
  { maxFields, maxMarks, maxTextBytes }: FormLimits,
): Promise<Form | FormProblem> => {
  const form: [string, string][] = [];
  let name: string | undefined;
  let [at, to, start, marked, plain, isPhotograph] = [0, 0, 0, 0, 0, false];

  /** The text since the last; `undefined` if it is no UTF-8. */
  const text = (): string | undefined => {
    const bytes = body.subarray(start, to);
    start = to;
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  };
  const endField = (): FormProblem['problem'] | undefined => {
    const last = text();
    if (last === undefined) return 'bad-text';
    if (name !== undefined || last !== '') form.push([name ?? last, name === undefined ? '' : last]);
    name = undefined;
    isPhotograph = false;
    return form.length > maxFields ? 'too-many-fields' : undefined;
  };
  const readPiece = (until: number): FormProblem['problem'] | undefined => {
    for (; at < until; at += 1) {
      let byte = body[at] ?? 0;
      if (byte === code.ampersand) {
        const problem = endField();
        if (problem !== undefined) return problem;
        continue;
      }
      if (byte === code.equals && name === undefined) {
        name = text();
        if (name === undefined) return 'bad-text';
        continue;
      }
      if (byte === code.plus) byte = code.space;
      else if (byte === code.percent) {
        const [high = 255, low = 255] = [digits[body[at + 1] ?? 0], digits[body[at + 2] ?? 0]];
        if (high > 15 || low > 15) return 'bad-text';
        byte = high * 16 + low;
        at += 2;
      }
      marked += marks[byte] ?? 0;
      if (byte === code.apostrophe) isPhotograph = !isPhotograph && body[to - 1] === 0x34 && body[to - 2] === 0x36;
      if (!isPhotograph) plain += 1;
      body[to] = byte;
      to += 1;
    }
    return marked > maxMarks || plain > maxTextBytes ? 'too-much-text' : undefined;
  };

  while (at < body.length) {
    const problem = readPiece(Math.min(at + piece, body.length));
    if (problem !== undefined) return { problem };
    if (at < body.length) await setImmediate();
  }
  const problem = endField();
  return problem === undefined ? form : { problem };
};
