/** Recorded ID policies, access keys and ID numbers, and what the package says of them. */
import { existsSync } from 'node:fs';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { accessKeyOfUuid, parseAccessKey, uuidOfAccessKey } from '../../src/operations/patients/access-key.js';
import type { PatientDetails } from '../../src/operations/patients/model.js';
import { isValidIdNumber } from '../../src/operations/patients/patient-details.js';
import { parseIdPolicy, satisfiesIdPolicy, showIdPolicy } from '../../src/operations/patients/id-policy.js';
import type { Value } from '../../src/operations/wire/values.js';
import { decoded } from './decoded.js';
import { recordingsOf, runFile, type Result } from './recorded-file.js';

export type PatientVectorKind = 'policies' | 'access keys' | 'ID numbers';

// The lines

const nullable = <C extends t.Mixed>(codec: C) => t.union([codec, t.null]);
const text = nullable(t.string);

const details = {
  forename: text,
  surname: text,
  sex: text,
  dob: text,
  address: text,
  email: text,
  gp: text,
  other: text,
};
const Patient = t.type({ ...details, idNumbers: t.array(t.tuple([t.number, nullable(t.number)])) });
type Patient = t.TypeOf<typeof Patient>;

const PolicyLine = t.type({ id: t.string, policy: t.string, patient: Patient, valid: t.boolean, satisfies: t.boolean });
const ClientPolicyLine = t.type({ valid: t.boolean, satisfies: t.boolean, pretty: t.string });
const KeyLine = t.type({ id: t.string, key: t.string, uuid: text });
const ClientKeyLine = t.type({ acceptable: t.boolean });
const NumberValue = t.union([t.null, t.number, t.boolean, t.string, t.type({ bigint: t.string })]);
const IdNumberLine = t.type({ id: t.string, method: text, value: NumberValue, valid: t.boolean });

const HasId = t.type({ id: t.string });

/** The client's lines by id, from the file beside that is named after this one. */
const clientLines = (path: string): ReadonlyMap<string, unknown> => {
  const beside = path.replace(/\.jsonl(\.gz)?$/, '-client.jsonl');
  const file = [beside, `${beside}.gz`].find((name) => existsSync(name));
  return new Map((file === undefined ? [] : recordingsOf(file)).map((line) => [decoded(HasId, line).id, line]));
};

type Compare = (what: string, expected: unknown, actual: unknown) => void;

// Policies

const patientOf = (patient: Patient): PatientDetails => ({
  forename: fromNullable(patient.forename),
  surname: fromNullable(patient.surname),
  sex: fromNullable(patient.sex),
  dob: fromNullable(patient.dob),
  address: fromNullable(patient.address),
  email: fromNullable(patient.email),
  gp: fromNullable(patient.gp),
  other: fromNullable(patient.other),
  idNumbers: new Map(patient.idNumbers.flatMap(([which, value]) => (value === null ? [] : [[which, value]]))),
});

/** Nothing but printable ASCII and the six kinds of white space. */
const isPlain = (policy: string): boolean => /^[ -~\t\n\v\f\r]*$/.test(policy);

const comparePolicy = (line: unknown, clientLine: unknown, compare: Compare): void => {
  const recorded = decoded(PolicyLine, line);
  const client = decoded(ClientPolicyLine, clientLine);
  const policy = parseIdPolicy(recorded.policy);
  compare('valid', isPlain(recorded.policy) && recorded.valid && client.valid, isRight(policy));
  if (isLeft(policy)) return;

  const shown = showIdPolicy(policy.right);
  compare('pretty', client.pretty.toUpperCase(), shown);
  compare('read again', policy, parseIdPolicy(shown));
  const hasNull = recorded.patient.idNumbers.some(([, value]) => value === null);
  if (hasNull && recorded.satisfies !== client.satisfies) return;
  compare('satisfies', recorded.satisfies, satisfiesIdPolicy(policy.right)(patientOf(recorded.patient)));
};

// Access keys

const trimmedInLowerCase = (key: string): string =>
  key
    .replace(/^[ \t\n\v\f\r]+/, '')
    .replace(/[ \t\n\v\f\r]+$/, '')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** A second reader of access keys, which shares no code with the package. */
const isAcceptable = (key: string): boolean => {
  if (
    key
      .split('-')
      .map((word) => word.length)
      .join() !== '5,5,5,5,5,5,5,5,1'
  )
    return false;
  const letters = Array.from(key.replaceAll('-', ''));
  const values = letters.map((letter, at) => ((at % 5) % 2 === 1 ? 'aiou' : 'bdfghjklmnprstvz').indexOf(letter));
  const counted = values.reverse().map((value, at) => Array.from((value * (1 + (at % 2))).toString(16)));
  const sum = counted.flat().reduce((total, digit) => total + parseInt(digit, 16), 0);
  return !values.includes(-1) && sum % 16 === 0;
};

const compareKey = (line: unknown, clientLine: unknown, compare: Compare): void => {
  const recorded = decoded(KeyLine, line);
  const { acceptable } = decoded(ClientKeyLine, clientLine);
  const canonical = trimmedInLowerCase(recorded.key);
  const key = parseAccessKey(recorded.key);
  compare('acceptable', acceptable || isAcceptable(canonical), isRight(key));
  if (isLeft(key)) return;

  compare('key', canonical, key.right);
  const uuid = uuidOfAccessKey(key.right);
  if (acceptable) compare('uuid', recorded.uuid, uuid);
  compare('key of the uuid', key, accessKeyOfUuid(uuid.toUpperCase()));
};

// ID numbers

/** JSON's own reader would round a whole number beyond 2^53 - 1. */
const exactValue = (value: t.TypeOf<typeof NumberValue>, source: string): Value => {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'object') return value === null ? null : BigInt(value.bigint);
  const digits = /"value":\s*(-?\d+)\s*[,}]/.exec(source)?.[1];
  return typeof value === 'number' && digits !== undefined && !Number.isSafeInteger(value) ? BigInt(digits) : value;
};

const compareIdNumber = (line: unknown, source: string, compare: Compare): void => {
  const recorded = decoded(IdNumberLine, line);
  // No server information can hold another method.
  if (recorded.method !== null && !['', 'uk_nhs_number'].includes(recorded.method)) return;
  const validation = recorded.method === 'uk_nhs_number' ? some('uk_nhs_number' as const) : none;
  compare('valid', recorded.valid, isValidIdNumber(validation)(exactValue(recorded.value, source)));
};

// Files

/** Which of the three kinds a recording is of, if of any. */
export const patientVectorKind = (recording: unknown): PatientVectorKind | undefined => {
  if (typeof recording !== 'object' || recording === null) return undefined;
  if ('policy' in recording) return 'policies';
  if ('key' in recording) return 'access keys';
  return 'method' in recording && 'valid' in recording ? 'ID numbers' : undefined;
};

/**
 * Runs a file of policies, access keys or ID numbers. Of policies and keys, the client's lines are read from the `-client` file beside;
 * given that file itself, it runs the one that it belongs to.
 */
export const runPatientVectors = (path: string): Promise<Result> => {
  const file = path.replace(/-client(\.jsonl(?:\.gz)?)$/, '$1');
  const kind = patientVectorKind(recordingsOf(file)[0]);
  if (kind === undefined) return Promise.reject(new TypeError(`${path} holds no policies, access keys or ID numbers`));

  const clients = clientLines(file);
  return runFile(file, kind, (recording, source) => {
    const { id } = decoded(HasId, recording);
    const mismatches: string[] = [];
    const compare: Compare = (what, expected, actual) => {
      const [was, is] = [JSON.stringify(expected), JSON.stringify(actual)];
      if (was !== is) mismatches.push(`${id}: ${what}: expected ${was}, got ${is}`);
    };
    if (kind === 'ID numbers') compareIdNumber(recording, source, compare);
    else if (!clients.has(id)) compare("the client's line", 'one', 'none');
    else if (kind === 'policies') comparePolicy(recording, clients.get(id), compare);
    else compareKey(recording, clients.get(id), compare);
    return mismatches;
  });
};
