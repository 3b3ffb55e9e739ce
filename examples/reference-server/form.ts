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

/** What is decoded so far: bytes before `at` are read, bytes before `to` hold what they decode to. */
const atStart = { at: 0, to: 0, marked: 0, text: 0, isPhotograph: false };
type Progress = Readonly<typeof atStart>;

/**
 * Decodes a name or value in place, to its end or as far as `until`; returns undefined if an escape is wrong. It counts in local variables
 * of a synchronous function, because the same loop in `decodeForm` takes a third longer.
 */
const decodeSome = (body: Buffer, before: Progress, until: number, isName: boolean): Progress | undefined => {
  let { at, to, marked, text, isPhotograph } = before;
  for (; at < until; at += 1) {
    let byte = body[at] ?? 0;
    if (byte === code.ampersand || (byte === code.equals && isName)) break;
    if (byte === code.plus) byte = code.space;
    else if (byte === code.percent) {
      const high = digits[body[at + 1] ?? 0] ?? 255;
      const low = digits[body[at + 2] ?? 0] ?? 255;
      if (high > 15 || low > 15) return undefined;
      byte = high * 16 + low;
      at += 2;
    }
    marked += marks[byte] ?? 0;
    if (byte === code.apostrophe) isPhotograph = !isPhotograph && body[to - 1] === 0x34 && body[to - 2] === 0x36;
    if (!isPhotograph) text += 1;
    body[to] = byte;
    to += 1;
  }
  return { at, to, marked, text, isPhotograph };
};

/** Decodes a form, and overwrites its bytes. Lets NUL pass, because the package names the record and column that hold it. */
export const decodeForm = async (
  body: Buffer,
  { maxFields, maxMarks, maxTextBytes }: FormLimits,
): Promise<Form | FormProblem> => {
  const form: [string, string][] = [];
  let name: string | undefined;
  let [start, pause] = [0, piece];
  let progress: Progress = atStart;
  for (;;) {
    const decoded = decodeSome(body, progress, Math.min(pause, body.length), name === undefined);
    if (decoded === undefined) return 'bad-text';
    if (decoded.marked > maxMarks || decoded.text > maxTextBytes) return 'too-much-text';
    const { at, to } = decoded;
    if (at >= pause && at < body.length) {
      progress = decoded;
      pause = at + piece;
      await setImmediate();
      continue;
    }
    const bytes = body.subarray(start, to);
    if (!isUtf8(bytes)) return 'bad-text';
    const text = bytes.toString('utf8');
    start = to;
    progress = { ...decoded, at: at + 1, isPhotograph: false };
    if (name === undefined && body[at] === code.equals) {
      name = text;
      continue;
    }
    if (name !== undefined) form.push([name, text]);
    else if (text !== '') form.push([text, '']);
    if (form.length > maxFields) return 'too-much-text';
    if (at >= body.length) return form;
    name = undefined;
  }
};
