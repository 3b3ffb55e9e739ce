import { left } from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';

import { allowedTablesAnswer } from '../../../src/operations/answers/allowed-tables.js';
import { rightOf } from '../../support/decoded.js';
import { clientVersion } from '../../support/fixtures.js';
import { untyped } from '../../support/untyped.js';

const tables = (...versions: readonly string[]) =>
  new Map(
    versions.map((version, index) => [
      `t${String(index)}`,
      { columns: new Set(['id']), minClientVersion: clientVersion(version) },
    ]),
  );

it('lists all tables, in the order of the host', () => {
  expect(rightOf(allowedTablesAnswer(tables('2.0.0', '99.0.0')))).toEqual({
    nfields: '2',
    fields: 'tablename,min_client_version',
    nrecords: '2',
    record0: "'t0','2.0.0'",
    record1: "'t1','99.0.0'",
  });
});

it('may list none', () => {
  expect(rightOf(allowedTablesAnswer(new Map()))).toMatchObject({ nrecords: '0' });
});

it.each([
  ['2.4.0-beta.1', '2.4.0'],
  ['2.4.0+build-7', '2.4.0'],
  ['2.4.0-beta+build', '2.4.0'],
  ['1.5', '1.50.0'],
  ['0.99.99', '0.99.99'],
])('tells %s as %s', (version, release) => {
  expect(rightOf(allowedTablesAnswer(tables(version)))['record0']).toBe(`'t0','${release}'`);
});

it.each(['2.100.0', '2.0.100', '1.123'])('refuses %s, which the client would misread', (version) => {
  expect(allowedTablesAnswer(tables('2.0.0', version))).toEqual(
    left({ field: 'tables.t1.minClientVersion', rule: 'must have a second and third number below 100' }),
  );
});

it.each(['', 'two', '2.4', 'v2.4.0'])('refuses %j of a host without types', (version) => {
  const unread = new Map([['t0', { columns: new Set<string>(), minClientVersion: untyped(version) }]]);
  expect(allowedTablesAnswer(unread)).toMatchObject({ left: { field: 'tables.t0.minClientVersion' } });
});
