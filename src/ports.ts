/** The ports that a host implements, and their data. Interfaces only. */
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import type { DeviceName, Username } from './names.js';
import type { Secret } from './secret.js';

/** A registered tablet. A host may extend it, and gets the extension back. */
export interface Device {
  /** The host's own number for the device. */
  readonly id: number;
  readonly name: DeviceName;
}

/** What a user may do in one group. */
export interface Membership {
  readonly groupId: number;
  readonly mayUpload: boolean;
  readonly mayRegisterDevices: boolean;
}

/** A user whose password was right. */
export interface User {
  /** The host's own number for the user. */
  readonly id: number;
  readonly username: Username;
  /** The group that all uploads of this user belong to. */
  readonly uploadGroupId: Option<number>;
  readonly superuser: boolean;
  readonly memberships: readonly Membership[];
}

/** The id and token by which a tablet resumes a session. */
export interface SessionIdToken {
  /** A whole number above 0. */
  readonly id: number;
  readonly token: Secret;
}

/** A session that a tablet may resume. */
export interface StoredSession extends SessionIdToken {
  readonly user: User;
}

/**
 * The registered devices. A fault is an `E`. If a port throws or rejects, that is its fault too; an answer of another shape is a
 * fault whose cause is a `TypeError` that names the port.
 */
export interface DeviceStore<E, D extends Device = Device> {
  /**
   * The device of this name, or `none`. Names match byte for byte: beware of collations that ignore letter case or trailing
   * spaces. Answering a device of another name is a fault.
   */
  readonly findDeviceByName: (name: DeviceName) => TaskEither<E, Option<D>>;
}

/** The users, and their passwords. Faults are as for {@link DeviceStore}. */
export interface UserAuthenticator<E> {
  /**
   * The user, if the password is right. It answers `none`, after the same time, for an unknown user, a wrong password and a locked
   * account; it counts failures. Usernames match byte for byte; answering a user of another name is a fault.
   */
  readonly authenticate: (username: Username, password: Secret) => TaskEither<E, Option<User>>;
}

/** The sessions that tablets may resume. Faults are as for {@link DeviceStore}. */
export interface SessionStore<E> {
  /**
   * The session of this id and token. Tokens compare byte for byte in constant time. It answers `none` for an expired session,
   * for one whose user has since changed password, and for one opened by another kind of client, such as a web browser.
   * Answering a session of another id or token is a fault.
   */
  readonly findSession: (id: number, token: Secret) => TaskEither<E, Option<StoredSession>>;
  /**
   * Stores a new session of this user, with a token of at least 128 random bits and an id that no session had before, not even
   * before a restart: uploads are told apart by it. A blank token is a fault.
   */
  readonly startSession: (user: User) => TaskEither<E, SessionIdToken>;
}

/**
 * The three ports. `E` is the host's own type of fault, and comes back unchanged. Without `sessions`, every request is
 * authenticated by its password.
 */
export interface Ports<E, D extends Device = Device> {
  readonly devices: DeviceStore<E, D>;
  readonly users: UserAuthenticator<E>;
  readonly sessions?: SessionStore<E>;
}
