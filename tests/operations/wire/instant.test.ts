import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { instantOf, isDate } from '../../../src/operations/wire/instant.js';

describe('instantOf', () => {
  it('agrees with Date on every millisecond of the years 1 to 9999', () => {
    const dates = fc.date({
      noInvalidDate: true,
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(instantOf(date.toISOString())).toBe(date.getTime());
      }),
      { numRuns: 5000 },
    );
  });

  const noon = Date.UTC(2017, 2, 1, 12);
  it.each([
    ['2017-03-01T12:00:00.000+00:00', noon],
    ['2017-03-01T17:30:00.000+05:30', noon],
    ['2017-03-01T07:00:00.000-05:00', noon],
    ['2017-03-01T17:30+0530', noon],
    ['2017-03-01 07:00-05', noon],
    ['2017-03-01T12:00Z', noon],
    ['2017-03-01T12:00:07.5Z', noon + 7500],
    ['2017-03-01T12:00:00.0019999999Z', noon + 1],
    ['2017-03-02T11:59:59.999+23:59', noon + 59_999],
  ])('reads %s', (text, milliseconds) => {
    expect(instantOf(text)).toBe(milliseconds);
  });

  it.each([
    '',
    'T',
    'not a date',
    '12/25',
    '2017-03-01',
    '2017-03-01T12:00',
    '2017-03-01T12Z',
    '2017-03-01T12:00:00',
    '2017-03-01t12:00:00z',
    '2017-03-01T12:00:00Z ',
    ' 2017-03-01T12:00:00Z',
    '2017-03-01T12:00:00.Z',
    '2017-03-01T12:00.5Z',
    '2017-03-01T12:00:00,5Z',
    '2017-03-01T24:00:00Z',
    '2017-03-01T12:60:00Z',
    '2017-03-01T12:00:60Z',
    '2017-03-01T12:00:00+24:00',
    '2017-03-01T12:00:00+00:60',
    '2017-03-01T12:00:00+5',
    '2017-03-01T12:00:00+053',
    '2017-03-01T12:00:00+05:3',
    '2017-03-01T12:00:00+05:30x',
    '2017-03-01T12:00:00+99:99x',
    '2017-03-01T12:00:00*05:30',
    '2017-02-29T12:00:00Z',
    '2017-00-01T12:00:00Z',
    '2017-13-01T12:00:00Z',
    '2017-03-00T12:00:00Z',
    '0000-03-01T12:00:00Z',
    '2017-3-01T12:00:00Z',
    '+2017-03-01T12:00:00Z',
    '２017-03-01T12:00:00Z',
  ])('finds no instant in %j', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });
});

describe('isDate', () => {
  it.each(['0001-01-01', '1900-02-28', '2000-02-29', '2024-02-29', '2023-04-30', '9999-12-31'])('takes %s', (text) => {
    expect(isDate(text)).toBe(true);
  });
  it.each([
    '',
    '1900-02-29',
    '2023-02-29',
    '2023-04-31',
    '2023-01-32',
    '0000-01-01',
    '2023-1-1',
    '2023/01/01',
    '2023-01-01T',
    '20230101',
  ])('refuses %j', (text) => {
    expect(isDate(text)).toBe(false);
  });
});
