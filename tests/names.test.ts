import { inspect } from 'node:util';

import { isRight, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { DeviceName, OperationName, Username } from '../src/index.js';

const lettersDigitsUnderscore = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_';
const tenMegabytes = 'a'.repeat(10_000_000);

type Text = readonly [label: string, text: string];

const names: readonly Text[] = [
  ['one letter', 'a'],
  ['zero', '0'],
  ['a UUID in braces', '{4d1c8ee0-9a33-4f6b-b5d5-0a6f3f4e7b11}'],
  ['every character that may be', `${lettersDigitsUnderscore},-{}`],
  ['191 characters', 'x'.repeat(191)],
  ['a name of Object', '__proto__'],
  ['a reserved device name', 'server'],
  ['a reserved username', 'system'],
];
const noNames: readonly Text[] = [
  ['192 characters', 'x'.repeat(192)],
  ['10 MB', tenMegabytes],
];
const operations: readonly Text[] = [
  ['one letter', 'a'],
  ['zero', '0'],
  ['an operation', 'upload_table'],
  ['no operation', 'uploadTable2'],
  ['every character that may be', lettersDigitsUnderscore],
  ['64 characters', 'x'.repeat(64)],
  ['a name of Object', '__proto__'],
];
const noOperations: readonly Text[] = [
  ['a hyphen', 'upload-table'],
  ['a comma', 'upload,table'],
  ['braces', '{upload_table}'],
  ['65 characters', 'x'.repeat(65)],
  ['10 MB', tenMegabytes],
  ['10 MB, the last character bad', `${tenMegabytes}!`],
];
const neverNames: readonly Text[] = [
  ['no character', ''],
  ['a space', ' '],
  ['a leading space', ' a'],
  ['a trailing space', 'a '],
  ['a trailing newline', 'a\n'],
  ['a trailing CR LF', 'a\r\n'],
  ['a leading newline', '\na'],
  ['a good line after a bad one', '!\na'],
  ['a NUL', 'a\0'],
  ['a dot', 'a.b'],
  ['a percent escape', 'a%20b'],
  ['a letter with an accent', 'caf\u00e9'],
  ['a Cyrillic letter', '\u0430'],
  ['an Arabic digit', '\u0663'],
  ['a full-width digit', '\uff11'],
  ['the Kelvin sign', '\u212a'],
  ['a long s', '\u017ferver'],
  ['a zero-width space', 'a\u200b'],
  ['a byte order mark', '\ufeffa'],
  ['a soft hyphen', 'a\u00adb'],
  ['a line separator', 'a\u2028'],
  ['a lone surrogate', '\ud800'],
  ['an emoji', '\u{1f511}'],
];
const noTexts: readonly (readonly [label: string, input: unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a number', 7],
  ['a symbol', Symbol('a')],
  ['a function', () => 'a'],
  ['an array of a name', ['a']],
  ['an object that prints as a name', { toString: () => 'a' }],
  ['a text object', Object('a')],
  ['an object without prototype', { __proto__: null }],
  ['a proxy that throws', new Proxy({}, { get: () => expect.fail('touched') })],
];

interface Room<A extends string> {
  readonly codec: t.Type<A, string>;
  readonly rule: string;
  readonly alphabet: string;
  readonly accepted: readonly Text[];
  readonly refused: readonly Text[];
}

const rulesOf =
  <A extends string>({ codec, rule, alphabet, accepted, refused }: Room<A>) =>
  () => {
    it('takes these characters, and no other of the first 256', () => {
      const characters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
      expect(characters.filter((character) => codec.is(character))).toStrictEqual(Array.from(alphabet).sort());
    });

    it.each(accepted)('takes %s, unchanged', (_, text) => {
      expect(codec.is(text)).toBe(true);
      const decoded = codec.decode(text);
      expect(isRight(decoded) && decoded.right === text).toBe(true);
      expect(isRight(decoded) && isRight(codec.decode(codec.encode(decoded.right)))).toBe(true);
    });

    it.each<readonly [string, unknown]>([...refused, ...noTexts])('refuses %s', (_, input) => {
      expect(codec.is(input)).toBe(false);
      const context = [{ key: '', type: codec }];
      expect(codec.decode(input)).toStrictEqual(left([{ value: undefined, context, message: rule }]));
    });

    it('encodes a name as itself', () => {
      const a = codec.decode('a');
      expect(a).toStrictEqual(right('a'));
      expect(isRight(a) && codec.encode(a.right)).toBe('a');
    });

    it('holds nothing in an error of what it refused, nor of what stood beside it', () => {
      const Sent = t.array(t.type({ name: codec, password: t.string }));
      const outcome = Sent.decode([{ name: 'the sentinel', password: 'sentinel-pw' }]);
      expect(PathReporter.report(outcome)).toStrictEqual([rule]);
      expect(JSON.stringify(outcome) + inspect(outcome, { depth: Infinity })).not.toContain('sentinel');
    });
  };

describe(
  'OperationName',
  rulesOf({
    codec: OperationName,
    rule: 'must be 1 to 64 letters, digits and underscores',
    alphabet: lettersDigitsUnderscore,
    accepted: operations,
    refused: [...noOperations, ...neverNames],
  }),
);

const ofDevicesAndUsers = {
  rule: 'must be 1 to 191 letters, digits or any of , _ - { }',
  alphabet: `${lettersDigitsUnderscore},-{}`,
  accepted: names,
  refused: [...noNames, ...neverNames],
};

describe('DeviceName', rulesOf({ codec: DeviceName, ...ofDevicesAndUsers }));
describe('Username', rulesOf({ codec: Username, ...ofDevicesAndUsers }));

it.each(Object.entries({ OperationName, DeviceName, Username }))('%s is the name of its codec', (name, codec) => {
  expect(codec.name).toBe(name);
});
