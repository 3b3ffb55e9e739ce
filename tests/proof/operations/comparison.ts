/** The package beside the model: generated requests, policies and days, until the two differ. */
import { parseClientVersion, userErrorMessage } from 'camcops-tablet-session';
import type { ClientVersion, Defect, Fault, Operation, UserError } from 'camcops-tablet-session';
import * as operations from 'camcops-tablet-session/operations';
import { admissionTo, inMemoryUploads, type StoredVersion } from 'camcops-tablet-session/testing';
import { isLeft, isRight, right, type Either } from 'fp-ts/lib/Either.js';
import { fromNullable, isSome, none, some } from 'fp-ts/lib/Option.js';
import { isDeepStrictEqual } from 'node:util';

import { plain } from '../../support/plain-command.js';
import { untyped } from '../../support/untyped.js';
import type { Comparison, Met } from '../compare.js';
import { Generator, idNumbers, tables as modelTables, type ModelRequest, type PatientInput } from './arbitraries.js';
import { modelCommand, type ModelWorld } from './command-model.js';
import { modelDay, tied, type ModelStep, type ModelVersion } from './day-model.js';
import * as patients from './patient-model.js';

const get = <A>(either: Either<unknown, A>): A => {
  if (isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};
const versionOf = (text: string): ClientVersion => get(parseClientVersion(text));

const uploadTables = (of: ModelWorld['tables']): operations.UploadTables =>
  new Map(
    [...of].map(([name, { columns, minClientVersion }]) => {
      const table = { columns: new Set(columns), minClientVersion: versionOf(minClientVersion) };
      return [name, table];
    }),
  );
const tables = uploadTables(modelTables);
const [uploadPolicy, finalizePolicy] = [
  'sex AND anyidnum',
  'sex AND (forename OR idnum4) AND NOT otheridnum OR idnum2',
];
const tokensOf = (policy: string): readonly string[] => patients.modelPolicyTokens(policy) ?? [];
const policies = { upload: tokensOf(uploadPolicy), finalizing: tokensOf(finalizePolicy) };
const types = [...idNumbers].map(([which, method]) => {
  const validation = fromNullable(method === null ? null : ('uk_nhs_number' as const));
  return { which: Number(which), description: 'N', shortDescription: 'N', validation };
});
const info = get(operations.serverInfo({ databaseTitle: 'Clinic', uploadPolicy, finalizePolicy, idNumbers: types }));

const tiedPatient: operations.PatientDetails = {
  ...{ forename: none, surname: none, sex: none, dob: none, address: none, email: none, gp: none, other: none },
  idNumbers: new Map([[tied.which, tied.number]]),
};

type Found = Either<UserError | Fault<never> | Defect, unknown>;
/** Which is told first, if a value cannot be read and something else is wrong as well, is nobody's promise. */
const isSameRefusal = (words: string | null, why: string, found: Found): boolean => {
  if (!isLeft(found) || found.left.code === 'fault' || found.left.code === 'defect') return false;
  if (why.startsWith('invalid-value')) return true;
  if (found.left.code === 'invalid-value' && /^(count-mismatch|missing-column|duplicate-field)/.test(why)) return true;
  return found.left.code === why.replace(/:.*/, '') && (words === null || userErrorMessage(found.left) === words);
};

/** How the reading of a request differs, for a server of these tables. */
export const requestDifference = (of: ModelWorld['tables'], request: ModelRequest, met: Met): unknown => {
  const { clientVersion: version, operation, fields } = request;
  const model = modelCommand({ tables: of }, version, operation, fields);
  const known = of === modelTables ? tables : uploadTables(of);
  const read = operations.readCommand(known)({ clientVersion: versionOf(version) }, operation as Operation, fields);
  met('why' in model ? `refused: ${model.why}` : `read: ${operation}`);
  if ('why' in model) return isSameRefusal(model.refused, model.why, read) ? undefined : { model, read };
  if (isLeft(read)) return { model, read };
  const uuid = 'accessKey' in read.right ? { uuid: operations.uuidOfAccessKey(read.right.accessKey) } : {};
  if (!isDeepStrictEqual(plain(model.command), plain({ ...read.right, ...uuid }))) return { model, read };
  if (!('patients' in read.right)) return undefined;
  const fault = patients.modelPatientsFault(idNumbers, policies, model.command.patients ?? []);
  const found = operations.validatePatients(info)(read.right.patients);
  met(fault === null ? 'patients pass' : `refused: ${fault.why}`);
  if (fault === null) return isRight(found) ? undefined : { fault, found };
  return isSameRefusal(fault.words, fault.why, found) ? undefined : { fault, found };
};

const patientDifference = ({ words, patient, uuid, number }: PatientInput, met: Met): unknown => {
  const text = words.join(' ');
  const policy = operations.parseIdPolicy(text);
  const tokens = patients.modelPolicyTokens(text);
  const isMet = tokens !== null && patients.modelSatisfies(tokens, patient);
  const isValid = patients.modelIsValidIdNumber('uk_nhs_number', number);
  met(tokens === null ? 'policy: invalid' : `policy: ${String(isMet)}`);
  met(`ID number: ${String(isValid)}`);
  const details = Object.entries(patient).map(([name, detail]) => [
    name,
    typeof detail === 'object' && detail !== null ? new Map(detail) : fromNullable(detail),
  ]);
  const subject = Object.fromEntries(details) as operations.PatientDetails;
  const found = [
    isRight(policy) ? operations.showIdPolicy(policy.right) : null,
    isRight(policy) && operations.satisfiesIdPolicy(policy.right)(subject),
    operations.accessKeyOfUuid(uuid),
    operations.isValidIdNumber(some('uk_nhs_number'))(number),
  ];
  const shown = tokens === null ? null : patients.modelShowPolicy(tokens);
  const model = [shown, isMet, right(patients.modelAccessKeyOfUuid(uuid)), isValid];
  return isDeepStrictEqual(found, model) ? undefined : { found, model };
};

/** A version with all that it replaced. */
const modelChain = ({ key, values, state, finalized, supersedes }: ModelVersion): unknown => {
  const before = supersedes === null ? null : modelChain(supersedes);
  return [key, values, state, finalized, before];
};
const foundChain = (all: readonly StoredVersion[], version: StoredVersion | undefined): unknown => {
  if (version === undefined) return null;
  const { columns, values: cells } = version.row;
  const values = columns.flatMap((column, index) =>
    column === '_move_off_tablet' ? [] : [[column, cells[index]] as const],
  );
  const before = foundChain(all, isSome(version.supersedes) ? all[version.supersedes.value] : undefined);
  return [version.key, plain(new Map(values)), version.state, version.finalized, before];
};

const dayDifference = async (steps: readonly ModelStep[], met: Met): Promise<unknown> => {
  const { answers, after } = modelDay({ tables: modelTables, idNumbers }, steps, met);
  const uploads = inMemoryUploads();
  const done =
    <A>(value: A) =>
    () =>
    () =>
      Promise.resolve(right(value));
  const host: operations.TabletHost<never> = {
    ...{ tables, serverInfo: done(info), registerDevice: done(undefined), uploads },
    ownPatient: ({ user }) => done(user.username === tied.user ? some(tiedPatient) : none)(),
  };
  const handlers = operations.operationHandlers<never>(host);
  for (const [at, step] of steps.entries()) {
    const { device, user: username, session, clientVersion, operation } = step;
    const user = { id: 'ann bob eve'.indexOf(username), username };
    const admission = admissionTo('upload_table', {
      device,
      user,
      sessionId: some(session * 10 + user.id),
      clientVersion,
    });
    const answer = await handlers[operation as 'upload_table'](admission, step.fields)();
    const model = answers[at] ?? { result: '' };
    const isSame =
      'why' in model
        ? isSameRefusal(model.error, model.why, answer)
        : isRight(answer) && (answer.right ?? operation) === model.result;
    if (!isSame) return { at, model, answer };
  }
  for (const device of ['tablet-1', 'tablet-2']) {
    for (const table of tables.keys()) {
      const model = after.filter((one) => one.device === device && one.table === table).map(modelChain);
      const versions = uploads.versions(device, table);
      const found = versions.map((one) => foundChain(versions, one));
      const [a, b] = [model, found].map((all) => all.map((one) => JSON.stringify(one)).sort());
      if (!isDeepStrictEqual(a, b)) return { device, table, model, found };
    }
  }
  return undefined;
};

const comparison = <I>(make: (generator: Generator) => I, of: (input: I, met: Met) => unknown): Comparison => ({
  inputs: (seed) => {
    const generator = new Generator(seed);
    return () => make(generator);
  },
  difference: (input, met) => Promise.resolve(of(untyped(input), met)),
});

export const requestComparison = comparison(
  (generator) => generator.request(),
  (request, met) => requestDifference(modelTables, request, met),
);
export const patientComparison = comparison((generator) => generator.patient(), patientDifference);
export const dayComparison = comparison((generator) => generator.day(), dayDifference);
