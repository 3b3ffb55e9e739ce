/** What the types of a host promise. Each `@ts-expect-error` is an error that the compiler must go on making. */
import { right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expectTypeOf, it } from 'vitest';

import type {
  AdmissionTo,
  Device,
  Fault,
  Handlers,
  HasClientVersion,
  Operation,
  UploadAdmission,
  User,
  UserError,
} from '../../src/index.js';
import {
  operationHandlers,
  readCommand,
  type AccessKeyCommand,
  type CommandOf,
  type Commands,
  type PatientRegistrationAdmission,
  type ReadPatient,
  type ServerInfo,
  type TabletHost,
  type UploadState,
  type UploadTransition,
} from '../../src/operations/index.js';
import { uploadLaws } from '../../src/testing/index.js';
import { untyped } from '../support/untyped.js';

interface Ward extends Device {
  readonly ward: string;
}
interface Doctor extends User {
  readonly licence: string;
}
type Host = TabletHost<'down', Ward, Doctor>;
type GivenTo<F> = F extends (...given: infer G) => unknown ? G : never;
const host: Host = untyped({});

describe('each function of a host', () => {
  it('gets exactly its admission and its command', () => {
    expectTypeOf<GivenTo<Host['registerDevice']>>().toEqualTypeOf<
      [admission: AdmissionTo<'register', Ward, Doctor>, command: Commands['register']]
    >();
    expectTypeOf<GivenTo<Host['uploads']['transact']>>().toEqualTypeOf<
      [admission: UploadAdmission<Ward, Doctor>, transition: (state: UploadState) => UploadTransition]
    >();
    expectTypeOf<GivenTo<NonNullable<Host['ownPatient']>>>().toEqualTypeOf<
      [admission: UploadAdmission<Ward, Doctor>]
    >();
    expectTypeOf<GivenTo<NonNullable<Host['patientMode']>['registerPatient']>>().toEqualTypeOf<
      [admission: PatientRegistrationAdmission<Ward, Doctor>, command: AccessKeyCommand]
    >();
    expectTypeOf<GivenTo<Host['serverInfo']>[0]['user']>().toEqualTypeOf<Doctor>();
  });

  it("gets the host's own device and user, and keeps its own type of fault", () => {
    expectTypeOf(operationHandlers(host)).toEqualTypeOf<
      Required<Handlers<'down', Parameters<Handlers<'down'>['start_upload'] & object>[1], Ward, Doctor>>
    >();
    expectTypeOf<GivenTo<Host['uploads']['transact']>[0]['device']>().toEqualTypeOf<Ward>();
    type Failure = Awaited<ReturnType<ReturnType<Host['serverInfo']>>>;
    expectTypeOf<Failure>().not.toBeAny();
    expectTypeOf<Extract<Failure, { _tag: 'Left' }>['left']>().toEqualTypeOf<UserError | Fault<'down'>>();
  });

  it('must answer the right shape', () => {
    const wrong: Partial<TabletHost<never>> = {
      // @ts-expect-error a configuration is not yet server information
      serverInfo: () => () => Promise.resolve(right({ databaseTitle: 'Clinic' })),
      // @ts-expect-error a string is a list of no extra strings
      extraStrings: () => () => Promise.resolve(right('none')),
      // @ts-expect-error an async function is not a TaskEither
      registerDevice: () => Promise.resolve(right(undefined)),
    };
    expectTypeOf(wrong).toEqualTypeOf<Partial<TabletHost<never>>>();
  });

  it('must be there, but for the optional ones', () => {
    const { uploads: _, ...withoutUploads } = host;
    // @ts-expect-error uploads are missing
    operationHandlers(withoutUploads);
    const { extraStrings: _1, ownPatient: _2, patientMode: _3, ...required } = host;
    operationHandlers(required);
    expectTypeOf(required).not.toBeAny();
  });
});

it("the laws of uploads take a host's own device and user", () => {
  type Subjects = Parameters<typeof uploadLaws<'down', Ward, Doctor>>[1];
  expectTypeOf<Subjects['admission']['user']>().toEqualTypeOf<Doctor>();
  expectTypeOf<GivenTo<Subjects['versions']>[0]>().toEqualTypeOf<Ward>();
  expectTypeOf(uploadLaws<'down', Ward, Doctor>).toBeCallableWith(host.uploads, untyped({}));
});

it("a command's type follows from the operation's name", () => {
  const read = readCommand(new Map());
  const client: HasClientVersion = untyped({});
  expectTypeOf(read(client, 'validate_patients', {})).toEqualTypeOf<Either<UserError, Commands['validate_patients']>>();
  expectTypeOf<CommandOf<'validate_patients'>>().toEqualTypeOf<{ readonly patients: readonly ReadPatient[] }>();
  expectTypeOf<CommandOf<'start_upload'>>().toEqualTypeOf<Readonly<Record<string, never>>>();
  expectTypeOf<CommandOf<Operation>>().not.toBeAny();
  expectTypeOf<ServerInfo>().not.toBeAny();
});
