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

/** A user whose password was right. A host may extend it, and gets the extension back. */
export interface User {
  /** The host's own number for the user. */
  readonly id: number;
  readonly username: Username;
  /** The group that all uploads of this user belong to. */
  readonly uploadGroupId: Option<number>;
  readonly superuser: boolean;
  readonly memberships: readonly Membership[];
  /**
   * The one device that this account may act from, such as the tablet of a patient who has an account of their own; any device if left
   * out. CamCOPS has no such bond: there, a patient's account may act for any device.
   */
  readonly onlyDevice?: DeviceName;
}

/** The id and token by which a tablet resumes a session. */
export interface SessionIdToken {
  /** A whole number above 0. */
  readonly id: number;
  readonly token: Secret;
}

/** A session that a tablet may resume. */
export interface StoredSession<U extends User = User> extends SessionIdToken {
  readonly user: U;
  /** The device that started the session: no other device can resume it. If `none` or left out, any device can. */
  readonly device?: Option<DeviceName>;
}

/**
 * Finds registered devices. An expected failure, such as a database that is down, is a left of your own type `E`: a fault. A port that
 * throws, rejects, or answers in another form than it promises is a defect: nobody is let in, and the outcome names the port.
 */
export interface DeviceStore<E, D extends Device = Device> {
  /**
   * Finds the device of this name, or `none`. Names match byte for byte: beware of collations that ignore letter case or trailing
   * spaces. Answering a device of another name is a defect.
   */
  readonly findDeviceByName: (name: DeviceName) => TaskEither<E, Option<D>>;
}

/** Checks users and their passwords. Faults and defects are as for {@link DeviceStore}. */
export interface UserAuthenticator<E, U extends User = User> {
  /**
   * Finds the user, if the password is right. Answers `none`, after the same time, for an unknown user, a wrong password and a locked
   * account. Counts failures. Usernames match byte for byte; answering a user of another name is a defect.
   */
  readonly authenticate: (username: Username, password: Secret) => TaskEither<E, Option<U>>;
}

/** Stores the sessions that tablets may resume. Faults and defects are as for {@link DeviceStore}. */
export interface SessionStore<E, U extends User = User> {
  /**
   * Finds the session of this id and token. Tokens compare byte for byte in constant time. Answers `none` for an expired session, a
   * session whose user has changed password since, and a session that another kind of client opened, such as a web browser.
   * Answering a session of another id or token is a defect.
   */
  readonly findSession: (id: number, token: Secret) => TaskEither<E, Option<StoredSession<U>>>;
  /**
   * Stores a new session of this user, with their device, for `findSession` to find. The session has a token of at least 128 random bits
   * and an id that no session had before, not even before a restart, because the id tells uploads apart. A blank token is a
   * defect.
   */
  readonly startSession: (user: U, device: Option<DeviceName>) => TaskEither<E, SessionIdToken>;
}

/**
 * The three ports. `E` is the host's own type of fault, and comes back unchanged. Without `sessions`, every request is
 * authenticated by its password.
 */
export interface Ports<E, D extends Device = Device, U extends User = User> {
  readonly devices: DeviceStore<E, D>;
  readonly users: UserAuthenticator<E, U>;
  readonly sessions?: SessionStore<E, U>;
}
