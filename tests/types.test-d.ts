/** What the types promise. Each `@ts-expect-error` is an error that the compiler must go on making. */
import { left, right } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { none, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describe, expectTypeOf, it } from 'vitest';

import * as face from '../src/index.js';
import * as testing from '../src/testing/index.js';
import {
  admit,
  ensureValidUserForDeviceRegistration,
  handleTabletRequest,
  openTabletSession,
  refused,
  reloadDevice,
  setSessionIdToken,
  type Admission,
  type AdmissionTo,
  type AnyoneAdmission,
  type ClientVersion,
  type Device,
  type DeviceName,
  type Defect,
  type Fault,
  type Handlers,
  type Operation,
  type OperationOf,
  type Ports,
  type RegisterAdmission,
  type RegistrationAdmission,
  type Secret,
  type SessionStore,
  type StoredSession,
  type TabletOutcome,
  type TabletReply,
  type TabletRequest,
  type TabletSession,
  type UploadAdmission,
  type User,
  type UserError,
  type Username,
} from '../src/index.js';
import { untyped } from './support/untyped.js';

interface OurDevice extends Device {
  readonly ward: string;
}
interface OurUser extends User {
  readonly grade: string;
}
const nothing = () => () => Promise.resolve(right(undefined));

describe('handlers', () => {
  it('get exactly the admission of their operation', () => {
    expectTypeOf<AdmissionTo<'check_device_registered'>>().toEqualTypeOf<AnyoneAdmission>();
    expectTypeOf<AdmissionTo<'register'>>().toEqualTypeOf<RegisterAdmission>();
    expectTypeOf<AdmissionTo<'get_allowed_tables'>>().toEqualTypeOf<RegistrationAdmission>();
    expectTypeOf<AdmissionTo<'upload_table'>>().toEqualTypeOf<UploadAdmission>();
    expectTypeOf<Parameters<NonNullable<Handlers<Error>['upload_table']>>[0]>().toEqualTypeOf<UploadAdmission>();
    expectTypeOf<Parameters<NonNullable<Handlers<Error>['register']>>[0]>().toEqualTypeOf<RegisterAdmission>();
    expectTypeOf<OperationOf<'anyone'>>().toEqualTypeOf<'check_device_registered' | 'register_patient'>();
    expectTypeOf<OperationOf<'anyone' | 'registration' | 'upload'>>().toEqualTypeOf<Operation>();
  });

  it('of an upload have a device and a user, and others do not', () => {
    expectTypeOf<UploadAdmission['device']>().toEqualTypeOf<Device>();
    expectTypeOf<UploadAdmission['user']>().toEqualTypeOf<User>();
    expectTypeOf<RegistrationAdmission['user']>().toEqualTypeOf<User>();
    expectTypeOf<RegistrationAdmission>().not.toHaveProperty('device');
    expectTypeOf<RegistrationAdmission>().not.toHaveProperty('deviceName');
    expectTypeOf<RegisterAdmission['deviceName']>().toEqualTypeOf<DeviceName>();
    expectTypeOf<UploadAdmission['groupId']>().toEqualTypeOf<number>();
    expectTypeOf<RegistrationAdmission['groupId']>().toEqualTypeOf<number>();
    expectTypeOf<AnyoneAdmission>().not.toHaveProperty('user');
  });

  it('must be of operations that there are', () => {
    const handlers: Handlers<Error> = {
      upload_table: nothing,
      // @ts-expect-error there is no such operation
      upload_tabel: nothing,
    };
    expectTypeOf(handlers).toEqualTypeOf<Handlers<Error>>();
  });

  it('answer texts, refuse with refusals, and fail with faults', () => {
    const handlers: Handlers<Error> = {
      end_upload: () => () => Promise.resolve(right({ a: 'b' })),
      // @ts-expect-error a number is no answer
      upload_table: () => () => Promise.resolve(right(7)),
      // @ts-expect-error a bare error is neither a refusal nor a fault
      upload_record: () => () => Promise.resolve(left(new Error('down'))),
    };
    expectTypeOf(handlers).toEqualTypeOf<Handlers<Error>>();
  });

  it("get the host's own fields, device and user", () => {
    const ports: Ports<RangeError, OurDevice, OurUser> = untyped({});
    const handle = handleTabletRequest({
      ports,
      handlers: {
        upload_table: ({ device, user, session }, fields: URLSearchParams) => {
          expectTypeOf(device).toEqualTypeOf<OurDevice>();
          expectTypeOf(user).toEqualTypeOf<OurUser>();
          expectTypeOf(session.user).toEqualTypeOf<Option<OurUser>>();
          expectTypeOf(fields).toEqualTypeOf<URLSearchParams>();
          return () => Promise.resolve(left(refused(device.ward, user.grade)));
        },
        register: ({ user, deviceName }) => {
          expectTypeOf(user).toEqualTypeOf<OurUser>();
          return () => Promise.resolve(right(deviceName));
        },
      },
      messages: (error) => {
        expectTypeOf(error).toEqualTypeOf<UserError>();
        return error.code;
      },
    });
    expectTypeOf(handle).parameter(0).toEqualTypeOf<face.TabletForm<URLSearchParams>>();
    expectTypeOf(handle).returns.returns.toEqualTypeOf<Promise<TabletReply<RangeError>>>();
    expectTypeOf<TabletReply<RangeError>['headers']>().toEqualTypeOf<Readonly<Record<string, string>>>();
    expectTypeOf<AdmissionTo<'upload_table', OurDevice, OurUser>['user']>().toEqualTypeOf<OurUser>();
    expectTypeOf<Parameters<SessionStore<Error, OurUser>['startSession']>>().toEqualTypeOf<
      [user: OurUser, device: Option<DeviceName>]
    >();
    expectTypeOf<User['onlyDevice']>().toEqualTypeOf<DeviceName | undefined>();
    expectTypeOf<StoredSession['device']>().toEqualTypeOf<Option<DeviceName> | undefined>();
    expectTypeOf<StoredSession<OurUser>['user']>().toEqualTypeOf<OurUser>();
    expectTypeOf(openTabletSession(ports)).returns.toEqualTypeOf<
      TaskEither<Fault<RangeError> | Defect, TabletSession<OurDevice, OurUser>>
    >();
    expectTypeOf(reloadDevice(ports)<OurUser>).returns.toEqualTypeOf<
      TaskEither<Fault<RangeError> | Defect, TabletSession<OurDevice, OurUser>>
    >();
    // @ts-expect-error a gate of users needs the name of the session's device
    ensureValidUserForDeviceRegistration({ user: none });
    const session: TabletSession<OurDevice, OurUser> = untyped({});
    expectTypeOf(admit(session)).toEqualTypeOf<Either<UserError, Admission<OurDevice, OurUser>>>();
    expectTypeOf(ensureValidUserForDeviceRegistration(session)).toEqualTypeOf<Either<face.GateRefusal, OurUser>>();
    expectTypeOf(setSessionIdToken(1, untyped(''))(session)).toEqualTypeOf<TabletSession<OurDevice, OurUser>>();
  });

  it('may be given no less than what they extend', () => {
    // @ts-expect-error a user without memberships
    expectTypeOf<TabletSession<OurDevice, Omit<OurUser, 'memberships'>>>();
    // @ts-expect-error messages give strings
    handleTabletRequest({ ports: untyped({}), handlers: {}, messages: () => 7 });
    // @ts-expect-error a policy is the right of versionPolicy
    handleTabletRequest({ ports: untyped({}), handlers: {}, versions: face.versionPolicy({ supported: '*' }) });
  });
});

describe('ports', () => {
  it('are held to their interface member by member', () => {
    const ports: Ports<RangeError> = {
      devices: {
        // @ts-expect-error an async function is not a TaskEither
        findDeviceByName: () => Promise.resolve(right(none)),
      },
      users: {
        // @ts-expect-error a user is an Option
        authenticate: () => () => Promise.resolve(right(undefined)),
      },
      sessions: {
        // @ts-expect-error a text is no fault of this host
        findSession: () => () => Promise.resolve(left('down')),
        // @ts-expect-error a text is no secret
        startSession: () => () => Promise.resolve(right({ id: 1, token: 'abc' })),
      },
    };
    expectTypeOf(ports).toEqualTypeOf<Ports<RangeError>>();
  });
});

describe('branded types', () => {
  it('are made by their constructors alone', () => {
    expectTypeOf<string>().not.toExtend<DeviceName>();
    expectTypeOf<string>().not.toExtend<Username>();
    expectTypeOf<string>().not.toExtend<ClientVersion>();
    expectTypeOf<string>().not.toExtend<Secret>();
    expectTypeOf<DeviceName>().not.toExtend<Username>();
    expectTypeOf<{ reveal: () => string; toString: () => string; toJSON: () => string }>().not.toExtend<Secret>();
    expectTypeOf<Secret>().not.toExtend<string>();
    expectTypeOf<DeviceName>().toExtend<string>();
  });
});

describe('refusals', () => {
  it('are a closed union', () => {
    expectTypeOf<Extract<UserError, { code: 'no-upload-group' }>['username']>().toEqualTypeOf<Username>();
    expectTypeOf<string>().not.toExtend<UserError['code']>();
  });

  it('and outcomes tell the fault of the host as it is', () => {
    type Result = TabletOutcome<RangeError>['result'];
    expectTypeOf<Extract<Result, { code: 'fault' }>>().toEqualTypeOf<Fault<RangeError>>();
    expectTypeOf<Extract<Result, { code: 'defect' }>>().toEqualTypeOf<Defect>();
    expectTypeOf<Defect['cause']>().toEqualTypeOf<unknown>();
    expectTypeOf<Result['code']>().toEqualTypeOf<UserError['code'] | 'served' | 'fault' | 'defect'>();
    expectTypeOf<TabletOutcome<never>['signIn']>().toEqualTypeOf<'resumed' | 'password' | 'none' | 'failed'>();
    expectTypeOf(refused).parameters.toEqualTypeOf<[message: string, reason?: string | undefined]>();
  });
});

describe('sessions and requests', () => {
  it('have what the design says, and a session has no password', () => {
    expectTypeOf<TabletRequest['password']>().toEqualTypeOf<Option<Secret>>();
    expectTypeOf<TabletSession>().not.toHaveProperty('password');
    expectTypeOf(openTabletSession<Error, Device>).returns.returns.toEqualTypeOf<
      TaskEither<Fault<Error> | Defect, TabletSession>
    >();
    expectTypeOf<TabletSession>().toEqualTypeOf<Readonly<TabletSession>>();
    expectTypeOf<face.TabletForm['method']>().toEqualTypeOf<string>();
  });
});

describe('testing', () => {
  it('takes plain strings, and gives back devices as they were extended', () => {
    const { ports } = testing.inMemoryPorts({ devices: [{ name: 'tablet-1', ward: 'Ward 7' }] });
    expectTypeOf(ports.devices).toExtend<face.DeviceStore<never, OurDevice>>();
    expectTypeOf(testing.inMemoryPorts({}).ports).toExtend<Ports<never>>();
    expectTypeOf<testing.LawSubjects['deviceName' | 'username' | 'password']>().toEqualTypeOf<string>();
    const ours: Ports<Error, OurDevice, OurUser> = untyped({});
    expectTypeOf(testing.portLaws(ours, untyped({}))).toEqualTypeOf<readonly testing.Law[]>();
  });
});

describe('nothing public is any', () => {
  type Face = typeof face & typeof testing;
  type IsAny<A> = 0 extends 1 & A ? true : false;
  type ResultOf<F> = F extends (...args: never) => infer R ? R : never;
  type ParametersOf<F> = F extends (...args: infer P) => unknown ? P[number] : never;
  type AnyIn = {
    [N in keyof Face]: true extends
      | IsAny<Face[N]>
      | IsAny<ResultOf<Face[N]>>
      | IsAny<ResultOf<ResultOf<Face[N]>>>
      | IsAny<ParametersOf<Face[N]>>
      | IsAny<ParametersOf<ResultOf<Face[N]>>>
      ? N
      : never;
  }[keyof Face];

  it('neither a value, nor a parameter, nor a result', () => {
    expectTypeOf<AnyIn>().toEqualTypeOf<never>();
    expectTypeOf<IsAny<Admission>>().toEqualTypeOf<false>();
    expectTypeOf<Either<UserError, Admission>>().toEqualTypeOf<ReturnType<Face['admit']>>();
  });
});
