/** Which privilege each operation needs, in one table, and admission to it. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone } from 'fp-ts/lib/Option.js';

import { ensureRegistrar, ensureValidDeviceAndUserForUploading } from './gates.js';
import type { DeviceName } from './names.js';
import type { Device, User } from './ports.js';
import { missingField } from './refusals/form.js';
import { unsupportedOperation } from './refusals/gates.js';
import type { TabletSession } from './tablet-session.js';
import type { UserError } from './user-error.js';

/** What a session needs for an operation. */
export type Privilege = 'anyone' | 'registration' | 'upload';

/** Everything that depends on an operation's privilege follows from this table. */
const privileges = {
  check_device_registered: 'anyone',
  register_patient: 'anyone',

  get_allowed_tables: 'registration',
  get_extra_strings: 'registration',
  get_task_schedules: 'registration',
  register: 'registration',

  check_upload_user_and_device: 'upload',
  delete_where_key_not: 'upload',
  end_upload: 'upload',
  get_id_info: 'upload',
  start_preservation: 'upload',
  start_upload: 'upload',
  upload_empty_tables: 'upload',
  upload_entire_database: 'upload',
  upload_record: 'upload',
  upload_table: 'upload',
  validate_patients: 'upload',
  which_keys_to_send: 'upload',
} as const satisfies Readonly<Record<string, Privilege>>;

type Privileges = typeof privileges;

/** An operation that CamCOPS's tablets ask for. */
export type Operation = keyof Privileges;

/** The operations that need a privilege. */
export type OperationOf<P extends Privilege> = { [O in Operation]: Privileges[O] extends P ? O : never }[Operation];

/** Admission to an operation that anyone may ask for: nothing is proved about the device or the user. */
export interface AnyoneAdmission<D extends Device = Device, U extends User = User> {
  readonly privilege: 'anyone';
  readonly operation: OperationOf<'anyone'>;
  readonly session: TabletSession<D, U>;
}

/** Admission to an operation of registration: the user may register devices. */
export interface RegistrationAdmission<D extends Device = Device, U extends User = User> {
  readonly privilege: 'registration';
  readonly operation: OperationOf<'registration'>;
  readonly session: TabletSession<D, U>;
  readonly user: U;
  /** The user's upload group. */
  readonly groupId: number;
}

/** Admission to `register`: and the device has a name. */
export interface RegisterAdmission<D extends Device = Device, U extends User = User> extends RegistrationAdmission<
  D,
  U
> {
  readonly operation: 'register';
  readonly deviceName: DeviceName;
}

/** Admission to an operation of an upload: the device is registered, and the user may upload. */
export interface UploadAdmission<D extends Device = Device, U extends User = User> {
  readonly privilege: 'upload';
  readonly operation: OperationOf<'upload'>;
  readonly session: TabletSession<D, U>;
  readonly user: U;
  /** The user's upload group, to which everything uploaded will belong. */
  readonly groupId: number;
  readonly device: D;
}

/** Proof that a session may do its operation, holding exactly what was proved. A union on `privilege` and `operation`. */
export type Admission<D extends Device = Device, U extends User = User> =
  | AnyoneAdmission<D, U>
  | (RegistrationAdmission<D, U> & { readonly operation: Exclude<OperationOf<'registration'>, 'register'> })
  | RegisterAdmission<D, U>
  | UploadAdmission<D, U>;

interface AdmissionByPrivilege<D extends Device, U extends User> {
  readonly anyone: AnyoneAdmission<D, U>;
  readonly registration: RegistrationAdmission<D, U>;
  readonly upload: UploadAdmission<D, U>;
}

/** The admission to an operation. */
export type AdmissionTo<O extends Operation, D extends Device = Device, U extends User = User> = O extends 'register'
  ? RegisterAdmission<D, U>
  : AdmissionByPrivilege<D, U>[Privileges[O]];

const isOperation = (name: string): name is Operation => Object.hasOwn(privileges, name);

/**
 * Returns the privilege that an operation needs.
 *
 * @example
 * import { privilegeOf } from 'camcops-tablet-session';
 *
 * privilegeOf('register'); // 'registration'
 * privilegeOf('upload_table'); // 'upload'
 */
export const privilegeOf = (operation: Operation): Privilege => privileges[operation];

/** The names of all operations. */
export const operations: readonly string[] = Object.keys(privileges);

const demands = <P extends Privilege>(privilege: P, operation: Operation): operation is OperationOf<P> =>
  privileges[operation] === privilege;

/**
 * Admits a session to its operation. Refuses with `missing-field` if the session names no operation, with
 * `unsupported-operation` if no operation has that name, and otherwise as the gate of the operation's privilege refuses. After that
 * gate, `register` also needs the device's name (`missing-field`).
 *
 * @example
 * import { admit, defaultVersionPolicy, parseTabletRequest, tabletSession } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { none } from 'fp-ts/lib/Option.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 *
 * const nothingFound = { device: none, user: none, session: none };
 * const admitted = (operation: string) =>
 *   pipe(
 *     parseTabletRequest(defaultVersionPolicy)({ method: 'POST', fields: { operation, camcops_version: '2.4.24' } }),
 *     E.map((request) => tabletSession(request)(nothingFound)),
 *     E.flatMap(admit),
 *   );
 * E.isRight(admitted('check_device_registered')); // true
 * admitted('upload_table'); // left({ code: 'invalid-credentials' })
 */
export const admit = <D extends Device, U extends User>(
  session: TabletSession<D, U>,
): Either<UserError, Admission<D, U>> => {
  if (isNone(session.operation)) return left(missingField('operation'));
  const operation: string = session.operation.value;
  if (!isOperation(operation)) return left(unsupportedOperation(operation));

  if (demands('upload', operation)) {
    const uploader = ensureValidDeviceAndUserForUploading(session);
    if (isLeft(uploader)) return uploader;
    const { user, groupId, device } = uploader.right;
    return right({ privilege: 'upload', operation, session, user, groupId, device });
  }
  if (demands('registration', operation)) {
    const registrar = ensureRegistrar(session);
    if (isLeft(registrar)) return registrar;
    const { user, groupId } = registrar.right;
    if (operation !== 'register') return right({ privilege: 'registration', operation, session, user, groupId });
    if (isNone(session.deviceName)) return left(missingField('device'));
    const deviceName = session.deviceName.value;
    return right({ privilege: 'registration', operation, session, deviceName, user, groupId });
  }
  return right({ privilege: 'anyone', operation, session });
};
