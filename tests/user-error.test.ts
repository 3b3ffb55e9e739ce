import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  duplicateField,
  invalidField,
  missingField,
  refused,
  unsupportedOperation,
  userErrorMessage,
  type UserError,
} from '../src/index.js';
import {
  invalidColumn,
  invalidIdNumberKey,
  invalidTable,
  notInteger,
  unknownPatientKey,
} from '../src/refusals/uploads.js';
import { isUserError } from '../src/user-error.js';
import { untyped } from './support/untyped.js';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** What `docs/refusals.md` says of each: the names of its data, a `?` after those that may be absent, and its words. */
const documented = [...read('../docs/refusals.md').matchAll(/^\| `([\w-]+)` \|(.*?)\| `(.*?)` \|/gm)].map(
  ([, code = '', data = '', words = '']) => {
    const names = [...data.matchAll(/`(\w+)(\??)`/g)].map(([, name = '', mark]) => ({
      name,
      isOptional: mark === '?',
    }));
    return { code, names, words };
  },
);

const withData = (code: string, names: readonly { readonly name: string }[]): object => ({
  code,
  ...Object.fromEntries(names.map(({ name }) => [name, name.toUpperCase()])),
});
const messageOf = (error: object): string => userErrorMessage(untyped(error));

describe('docs/refusals.md', () => {
  it('has each code, once', () => {
    const codes = [...read('../src/user-error.ts').matchAll(/^ {2}'?([\w-]+)'?:/gm)].map(([, code]) => code);
    expect(documented.map(({ code }) => code).sort()).toEqual(codes.sort());
    expect(codes.length).toBeGreaterThan(40);
  });

  it.each(documented)('has the words of $code, and its data', ({ code, names, words }) => {
    const error = withData(code, names);
    expect([messageOf(error), isUserError(error)]).toEqual([words, true]);
    const needed = names.filter(({ isOptional }) => !isOptional);
    const least = withData(code, needed);
    expect(isUserError(least)).toBe(true);
    // Without its datum, the end of the words is left out.
    expect(words.startsWith(messageOf(least))).toBe(true);
    for (const { name } of needed) {
      expect(
        isUserError(
          withData(
            code,
            names.filter((other) => other.name !== name),
          ),
        ),
      ).toBe(false);
    }
    for (const datum of [1, null, undefined, ['text'], {}, Symbol('text'), () => 'text']) {
      for (const { name } of [...names, { name: 'more' }]) expect(isUserError({ ...error, [name]: datum })).toBe(false);
    }
  });
});

it.each<readonly [UserError, string]>([
  [invalidTable(''), 'Invalid client table name'],
  [invalidTable('phq9; DROP TABLE patient'), 'Invalid client table name'],
  [invalidTable('x'.repeat(129)), 'Invalid client table name'],
  [invalidColumn('phq9', ''), "Invalid field name for table 'phq9'"],
  [invalidColumn('phq9', "q1', 'q2"), "Invalid field name for table 'phq9'"],
  [notInteger('nrecords', ' 7'), 'Variable nrecords is not a valid integer'],
  [unknownPatientKey('a b'), 'Unknown JSON key'],
  [invalidIdNumberKey(''), 'Bad idnum key'],
])('what is no well-formed name is not repeated: %j', (error, words) => {
  expect([userErrorMessage(error), isUserError(error)]).toEqual([words, true]);
});

const odd = '$& $1 {field} [: {field}] \\ %s \u{1f511} \ud800\r\n';
it.each<readonly [UserError, string]>([
  [duplicateField(odd), `The field ${odd} was sent more than once`],
  [invalidField(odd, odd), `Bad ${odd} field: ${odd}`],
  [missingField(odd), `Must provide the variable: ${odd}`],
  [unsupportedOperation(odd), `operation=${odd}: not supported`],
  [{ code: 'reserved-column', table: odd, column: odd }, `Reserved field name for table '${odd}': '${odd}'`],
  [refused(odd, odd), odd],
  [refused(''), ''],
])('data are repeated as they are, whatever they are: %#', (error, words) => {
  expect(userErrorMessage(error)).toBe(words);
});

describe('isUserError', () => {
  it.each(
    [
      '',
      'served',
      'fault',
      'Not-Post',
      'not-post ',
      'not-post\n',
      '__proto__',
      'constructor',
      'toString',
      '\ud800',
    ].concat('not-post'.repeat(1_250_000)),
  )('is false of the unknown code %.20j', (code) => {
    expect([isUserError({ code }), isUserError({ code, message: 'text' })]).toEqual([false, false]);
  });

  it.each([['not-post'], { toString: () => 'not-post' }, Object('not-post'), Symbol('not-post'), null, undefined, 0])(
    'is false of a code that is no string: %o',
    (code: unknown) => {
      expect(isUserError({ code })).toBe(false);
    },
  );

  it('is true of a refusal as JSON, and without prototype', () => {
    expect(isUserError(JSON.parse('{"code":"refused","message":"text"}'))).toBe(true);
    expect(isUserError(Object.assign(untyped(Object.create(null)), { code: 'not-post' }))).toBe(true);
  });
});
