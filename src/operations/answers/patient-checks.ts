/** What a tablet in single-user mode can be told. */
import { chain, exists } from 'fp-ts/lib/Either.js';
import { flow, pipe } from 'fp-ts/lib/function.js';
import { parse, stringify } from 'fp-ts/lib/Json.js';
import * as t from 'io-ts';

import { arrayOf, aString, objectOf, optionalOf, shape, type Check } from '../../internal/shape.js';
import { nameRule, Username } from '../../names.js';
import { hasNameForm } from '../../refusals/tables.js';
import { isIdNumberType, textNames } from '../patients/patient-details.js';
import { obeys, oneLine } from '../patients/server-info.js';
import { instantOf, isDate } from '../wire/values.js';

/** For which purposes a tablet is used. */
export const uses = ['commercial', 'clinical', 'educational', 'research'] as const;

const isString = (value: unknown): value is string => typeof value === 'string';
const aBoolean = shape('a boolean', (value) => typeof value === 'boolean');

/** The client holds ID numbers in 64 bits with a sign. */
const maxIdNumber = 2n ** 63n - 1n;

const isIdNumber = (value: unknown): boolean =>
  typeof value === 'bigint' ? value >= 0n && value <= maxIdNumber : Number.isSafeInteger(value) && Number(value) >= 0;

const sexes: readonly unknown[] = ['', 'M', 'F', 'X'];

/** The client would read a date of another form as absent, and a fractional or too large ID number as a different number. */
const aPatient = objectOf({
  ...Object.fromEntries(textNames.map((name) => [name, optionalOf(aString)])),
  sex: optionalOf(obeys('must be M, F or X, or absent', (sex) => sexes.includes(sex))),
  dob: optionalOf(obeys('must be a date YYYY-MM-DD, or absent', (dob) => dob === '' || (isString(dob) && isDate(dob)))),
  idNumbers: obeys(
    `must have types from 1 to 2147483647, and whole numbers from 0 to ${String(maxIdNumber)}`,
    (numbers) =>
      numbers instanceof Map && [...numbers].every(([type, value]) => isIdNumberType(type) && isIdNumber(value)),
  ),
});

/** Checks what a tablet is told of a registration. */
export const checkRegistration = objectOf({
  username: obeys(nameRule, Username.is),
  password: flow(
    obeys('must not be blank', (password) => password !== ''),
    chain(oneLine),
  ),
  patient: aPatient,
  ipUse: objectOf(Object.fromEntries(uses.map((use) => [use, aBoolean]))),
});

const dateTime = obeys(
  'must be an ISO 8601 date and time with an offset',
  (text) => isString(text) && text[10] === 'T' && instantOf(text) !== undefined,
);

const isJsonObject = (value: unknown): boolean =>
  pipe(
    stringify(value),
    chain(parse),
    exists((json) => typeof json === 'object' && json !== null && !Array.isArray(json)),
  );

const taskWith = (whenCompleted: Check): Check =>
  objectOf({
    table: obeys('must be 1 to 128 letters, digits and underscores', (table) => isString(table) && hasNameForm(table)),
    anonymous: aBoolean,
    settings: obeys('must be an object that JSON can hold', isJsonObject),
    dueFrom: dateTime,
    dueBy: dateTime,
    complete: aBoolean,
    whenCompleted: optionalOf(whenCompleted),
  });
const finished = taskWith(dateTime);
const unfinished = taskWith(obeys('must be none unless complete', () => false));
const isUnfinished = t.type({ complete: t.literal(false) }).is;

/** Checks what a tablet is told of schedules. */
export const checkSchedules = objectOf({
  patient: aPatient,
  schedules: arrayOf(
    objectOf({ name: aString, items: arrayOf((task) => (isUnfinished(task) ? unfinished : finished)(task)) }),
  ),
});
