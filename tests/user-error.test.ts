import { describe, expect, it } from 'vitest';

import {
  clientTooOldForTable,
  duplicateColumn,
  duplicateField,
  invalidColumn,
  invalidCredentials,
  invalidField,
  invalidNumber,
  invalidTable,
  missingField,
  missingVersion,
  nonsensicalVersion,
  notAuthorizedToRegisterDevices,
  notAuthorizedToUpload,
  notPost,
  noUploadGroup,
  parseClientVersion,
  refused,
  reservedColumn,
  reservedDeviceName,
  reservedUsername,
  unregisteredDevice,
  unsupportedOperation,
  userErrorMessage,
  Username,
  versionBlocked,
  versionTooNew,
  versionTooOld,
  type UserError,
} from '../src/index.js';
import { isUserError } from '../src/refusal-shape.js';
import { decoded, rightOf } from './support/decoded.js';

const alice = decoded(Username, 'alice');
const version = (text: string) => rightOf(parseClientVersion(text));

/** As a handler without TypeScript may refuse. */
const judged = (value: object): unknown => Reflect.apply(isUserError, undefined, [value]);

/** The documented words. */
const refusals: readonly (readonly [code: UserError['code'], error: UserError, data: object, message: string])[] = [
  ['not-post', notPost, {}, 'Must use POST method'],
  ['duplicate-field', duplicateField('device'), { field: 'device' }, 'The field device was sent more than once'],
  [
    'invalid-field',
    invalidField('user', 'must be short'),
    { field: 'user', rule: 'must be short' },
    'Bad user field: must be short',
  ],
  ['missing-version', missingVersion, {}, 'Not a valid CamCOPS API request'],
  ['nonsensical-version', nonsensicalVersion, {}, 'CamCOPS tablet version nonsensical'],
  ['reserved-device-name', reservedDeviceName, {}, "Tablets cannot use the device name 'server'"],
  ['reserved-username', reservedUsername, {}, "Tablets cannot use the username 'system'"],
  [
    'version-too-old',
    versionTooOld(version('1.14'), '2.0.0'),
    { actual: '1.14.0', required: '2.0.0' },
    'Tablet CamCOPS version too old: is 1.14.0, need 2.0.0',
  ],
  [
    'version-too-new',
    versionTooNew(version('4'), '>=2.0.0 <4.0.0'),
    { actual: '4.0.0', supported: '>=2.0.0 <4.0.0' },
    'Tablet CamCOPS version too new: is 4.0.0, need >=2.0.0 <4.0.0',
  ],
  [
    'version-blocked',
    versionBlocked(version('2.0.3'), '>=2.0.4'),
    { actual: '2.0.3', supported: '>=2.0.4' },
    'Tablet CamCOPS version not supported: is 2.0.3, need >=2.0.4',
  ],
  ['invalid-credentials', invalidCredentials, {}, 'Invalid username/password (or user not authorized)'],
  ['no-upload-group', noUploadGroup(alice), { username: 'alice' }, 'No upload group set for user alice'],
  ['not-authorized-to-upload', notAuthorizedToUpload, {}, 'User not authorized to upload to selected group'],
  [
    'not-authorized-to-register-devices',
    notAuthorizedToRegisterDevices,
    {},
    'User not authorized to register devices for selected group',
  ],
  ['unregistered-device', unregisteredDevice, {}, 'Unregistered device'],
  ['missing-field', missingField('table'), { field: 'table' }, 'Must provide the variable: table'],
  ['unsupported-operation', unsupportedOperation('fly'), { operation: 'fly' }, 'operation=fly: not supported'],
  ['invalid-table', invalidTable('phq99'), { table: 'phq99' }, 'Invalid client table name: phq99'],
  [
    'client-too-old-for-table',
    clientTooOldForTable(version('2.0.0'), version('2.0.1'), 'patient_idnum'),
    { actual: '2.0.0', required: '2.0.1', table: 'patient_idnum' },
    'Client CamCOPS version 2.0.0 is less than the version (2.0.1) required to handle table patient_idnum',
  ],
  [
    'invalid-column',
    invalidColumn('phq9', 'q10'),
    { table: 'phq9', column: 'q10' },
    "Invalid field name for table 'phq9': 'q10'",
  ],
  [
    'reserved-column',
    reservedColumn('phq9', '_pk'),
    { table: 'phq9', column: '_pk' },
    "Reserved field name for table 'phq9': '_pk'",
  ],
  [
    'duplicate-column',
    duplicateColumn('phq9', 'q1'),
    { table: 'phq9', column: 'q1' },
    "Duplicate field name for table 'phq9': 'q1'",
  ],
  [
    'invalid-number',
    invalidNumber('nrecords', 1000),
    { field: 'nrecords', max: '1000' },
    'Bad nrecords number: must be a whole number from 0 to 1000',
  ],
  ['refused', refused('Closed on Sundays'), { message: 'Closed on Sundays' }, 'Closed on Sundays'],
];

/** What has not the form of a name is not repeated. */
const withoutName: typeof refusals = [
  ['invalid-table', invalidTable(), {}, 'Invalid client table name'],
  ['invalid-table', invalidTable('phq9; DROP TABLE patient'), {}, 'Invalid client table name'],
  ['invalid-table', invalidTable('x'.repeat(129)), {}, 'Invalid client table name'],
  ['invalid-column', invalidColumn('phq9'), { table: 'phq9' }, "Invalid field name for table 'phq9'"],
  ['invalid-column', invalidColumn('phq9', "q1', 'q2"), { table: 'phq9' }, "Invalid field name for table 'phq9'"],
  ['invalid-column', invalidColumn('phq9', ''), { table: 'phq9' }, "Invalid field name for table 'phq9'"],
];

describe.each([...refusals, ...withoutName])('%s', (code, error, data, message) => {
  it('has its code, its data and its words', () => {
    expect(error).toStrictEqual({ code, ...data });
    expect(userErrorMessage(error)).toBe(message);
  });

  it('is a refusal, as it is, as a copy, and after a journey as JSON', () => {
    expect(isUserError(error)).toBe(true);
    expect(isUserError({ ...error })).toBe(true);
    const copy = { code, ...data };
    expect(JSON.parse(JSON.stringify(error))).toStrictEqual(copy);
    expect(isUserError(copy)).toBe(true);
  });

  it('is none without a datum that its words need', () => {
    const optional: Readonly<Record<string, string>> = {
      'invalid-table': 'table',
      'invalid-column': 'column',
      'invalid-number': 'max',
    };
    for (const key of Object.keys(data)) {
      if (key === optional[code]) continue;
      const rest = Object.fromEntries(Object.entries(error).filter(([name]) => name !== key));
      expect(judged(rest)).toBe(false);
    }
  });

  it('is none with a datum that is no text', () => {
    for (const datum of [1, null, undefined, ['text'], {}, Symbol('text'), () => 'text']) {
      expect(judged({ ...error, datum })).toBe(false);
      for (const key of Object.keys(data)) expect(judged({ ...error, [key]: datum })).toBe(false);
    }
  });
});

it('gives every refusal a code of its own', () => {
  expect(new Set(refusals.map(([code]) => code)).size).toBe(refusals.length);
});

describe('words', () => {
  const odd = '$& \\ %s {0} \u{1f511} \ud800\r\n';
  it.each([
    ['duplicateField', duplicateField(odd), `The field ${odd} was sent more than once`],
    ['invalidField', invalidField(odd, odd), `Bad ${odd} field: ${odd}`],
    ['missingField', missingField(odd), `Must provide the variable: ${odd}`],
    ['unsupportedOperation', unsupportedOperation(odd), `operation=${odd}: not supported`],
    ['refused', refused(odd), odd],
    ['refused, wordless', refused(''), ''],
  ] as const)('%s repeats its data as they are', (_, error, message) => {
    expect(userErrorMessage(error)).toBe(message);
  });
});

describe('isUserError', () => {
  it.each([
    '',
    'served',
    'fault',
    'Not-Post',
    'not-post ',
    'not-post\n',
    'not_post',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'n\u043et-post',
    '\ud800',
  ])('is false of the unknown code %j', (code) => {
    expect(judged({ code })).toBe(false);
    expect(judged({ code, message: 'text' })).toBe(false);
  });

  it('is false of a code of 10 MB', () => {
    expect(judged({ code: 'not-post'.repeat(1_250_000) })).toBe(false);
  });

  it.each<readonly [label: string, code: unknown]>([
    ['an array', ['not-post']],
    ['an object that prints as a code', { toString: () => 'not-post' }],
    ['a text object', Object('not-post')],
    ['a symbol', Symbol('not-post')],
    ['null', null],
    ['undefined', undefined],
    ['a number', 0],
  ])('is false of a code that is %s', (_, code) => {
    expect(judged({ code })).toBe(false);
  });

  it('is true of a refusal without prototype', () => {
    expect(judged({ __proto__: null, code: 'refused', message: 'text' })).toBe(true);
    expect(judged({ __proto__: null, code: 'served', message: 'text' })).toBe(false);
  });
});
