/** What the laws of ports use for their trials. */
import type { Device, DeviceName, Ports, SessionIdToken, User, Username } from '../index.js';
import { lawOf } from './law.js';

/** What the laws use for their trials. It must exist before they run. */
export interface LawSubjects<E = unknown, D extends Device = Device, U extends User = User> {
  /** A registered device, with a letter in its name. */
  readonly deviceName: string;
  /** A user whose name and password have a letter in them. */
  readonly username: string;
  readonly password: string;
  /** The one device that this user may act from, if their account is bound to one. */
  readonly onlyDevice?: string;
  /** Makes a session expire, as time would. */
  readonly expireSession: (session: SessionIdToken) => Promise<void>;
  /** Changes the user's password; the new password may equal the old one. */
  readonly changePassword: (username: string, password: string) => Promise<void>;
  /** Returns the ports after a restart of the server. If left out, no law checks that session ids are not reused then. */
  readonly restart?: () => Promise<Ports<E, D, U>>;
}

export const law = lawOf('a port');

// Names that no tablet can send, because they break the grammar, but that a careless database takes for a name it knows.
export const uncheckedDeviceName = (text: string): DeviceName => text as DeviceName;
export const uncheckedUsername = (text: string): Username => text as Username;

const inAnotherCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));

/** Changes that make a text almost equal to another. */
export const slips: readonly (readonly [how: string, slip: (text: string) => string])[] = [
  ['in another letter case', inAnotherCase],
  ['with a space behind', (text) => `${text} `],
  ['without its end', (text) => text.slice(0, -1)],
];
