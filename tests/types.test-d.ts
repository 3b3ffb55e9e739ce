/** What the types promise. Each `@ts-expect-error` is an error that the compiler must go on making. */
import { left, right } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describe, expectTypeOf, it } from 'vitest';

import type * as face from '../src/index.js';
import {
  handleTabletRequest,
  openTabletSession,
  type Admission,
  type AdmissionTo,
  type AnyoneAdmission,
  type ClientVersion,
  type Device,
  type DeviceName,
  type Fault,
  type Handlers,
  type Operation,
  type OperationOf,
  type Ports,
  type RegistrationAdmission,
  type Secret,
  type TabletOutcome,
  type TabletRequest,
  type TabletSession,
  type UploadAdmission,
  type User,
  type UserError,
  type Username,
} from '../src/index.js';
import { untyped } from './support/untyped.js';

const ports = <D extends Device>(): Ports<Error, D> => untyped({});
const nothing = () => () => Promise.resolve(right(undefined));

describe('handlers', () => {
  it('get exactly the admission of their operation', () => {
    expectTypeOf<AdmissionTo<'check_device_registered'>>().toEqualTypeOf<AnyoneAdmission>();
    expectTypeOf<AdmissionTo<'register'>>().toEqualTypeOf<RegistrationAdmission>();
    expectTypeOf<AdmissionTo<'upload_table'>>().toEqualTypeOf<UploadAdmission>();
    expectTypeOf<Parameters<NonNullable<Handlers<Error>['upload_table']>>[0]>().toEqualTypeOf<UploadAdmission>();
    expectTypeOf<Parameters<NonNullable<Handlers<Error>['register']>>[0]>().toEqualTypeOf<RegistrationAdmission>();
    expectTypeOf<OperationOf<'anyone'>>().toEqualTypeOf<'check_device_registered' | 'register_patient'>();
    expectTypeOf<OperationOf<'anyone' | 'registration' | 'upload'>>().toEqualTypeOf<Operation>();
  });

  it('of an upload have a device and a user, and others do not', () => {
    expectTypeOf<UploadAdmission['device']>().toEqualTypeOf<Device>();
    expectTypeOf<UploadAdmission['user']>().toEqualTypeOf<User>();
    expectTypeOf<RegistrationAdmission['user']>().toEqualTypeOf<User>();
    expectTypeOf<RegistrationAdmission>().not.toHaveProperty('device');
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

  it("get the host's own fields, and its own device", () => {
    interface OurDevice extends Device {
      readonly ward: string;
    }
    const handle = handleTabletRequest({
      ports: ports<OurDevice>(),
      handlers: {
        upload_table: ({ device }, fields: URLSearchParams) => {
          expectTypeOf(device).toEqualTypeOf<OurDevice>();
          expectTypeOf(fields).toEqualTypeOf<URLSearchParams>();
          return () => Promise.resolve(right(device.ward));
        },
      },
    });
    expectTypeOf(handle).parameter(0).toEqualTypeOf<face.TabletForm<URLSearchParams>>();
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
  it('are a closed union: a switch over all codes leaves nothing', () => {
    const told = (error: UserError): string => {
      switch (error.code) {
        case 'not-post':
        case 'duplicate-field':
        case 'invalid-field':
        case 'missing-version':
        case 'reserved-device-name':
        case 'reserved-username':
        case 'version-too-old':
        case 'version-too-new':
        case 'version-blocked':
        case 'invalid-credentials':
        case 'no-upload-group':
        case 'not-authorized-to-upload':
        case 'not-authorized-to-register-devices':
        case 'unregistered-device':
        case 'missing-field':
        case 'unsupported-operation':
        case 'invalid-table':
        case 'client-too-old-for-table':
        case 'invalid-column':
        case 'reserved-column':
        case 'duplicate-column':
        case 'invalid-number':
        case 'refused':
        case 'nonsensical-version':
          return error.code;
        default:
          expectTypeOf(error).toBeNever();
          return '';
      }
    };
    expectTypeOf(told).returns.toBeString();
    expectTypeOf<Extract<UserError, { code: 'no-upload-group' }>['username']>().toEqualTypeOf<Username>();
    expectTypeOf<'no-such-code'>().not.toExtend<UserError['code']>();
  });

  it('and outcomes tell the fault of the host as it is', () => {
    expectTypeOf<Extract<TabletOutcome<RangeError>['result'], { code: 'fault' }>>().toEqualTypeOf<Fault<RangeError>>();
  });
});

describe('sessions and requests', () => {
  it('have what the design says, and a session has no password', () => {
    expectTypeOf<TabletRequest['password']>().toEqualTypeOf<Option<Secret>>();
    expectTypeOf<TabletSession>().not.toHaveProperty('password');
    expectTypeOf(openTabletSession<Error, Device>).returns.returns.toEqualTypeOf<TaskEither<Error, TabletSession>>();
    expectTypeOf<TabletSession>().toEqualTypeOf<Readonly<TabletSession>>();
    expectTypeOf<face.TabletForm['method']>().toEqualTypeOf<string>();
  });
});

describe('nothing public is any', () => {
  type Face = typeof face;
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
