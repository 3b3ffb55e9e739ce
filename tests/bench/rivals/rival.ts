/** What all rivals are given, and the plain data that each must give: the same as the package's. */
import type { Device, LookedUp, Secret, SessionIdToken, User } from 'camcops-tablet-session';

export interface None {
  readonly _tag: 'None';
}
export interface Some<A> {
  readonly _tag: 'Some';
  readonly value: A;
}
export type Option<A> = None | Some<A>;

export interface Form {
  readonly method: string;
  readonly fields: Iterable<readonly [string, unknown]>;
}

export interface Refusal {
  readonly code: string;
  readonly field?: string;
  readonly rule?: string;
  readonly actual?: string;
  readonly required?: string;
  readonly username?: string;
  readonly operation?: string;
}

export interface Request {
  readonly operation: Option<string>;
  readonly deviceName: Option<string>;
  readonly username: Option<string>;
  readonly password: Option<Secret>;
  readonly sessionId: Option<number>;
  readonly sessionToken: Option<Secret>;
  readonly clientVersion: string;
}

export interface Session {
  readonly operation: Option<string>;
  readonly deviceName: Option<string>;
  readonly username: Option<string>;
  readonly clientVersion: string;
  readonly sessionId: Option<number>;
  readonly sessionToken: Option<Secret>;
  readonly device: Option<Device>;
  readonly user: Option<User>;
}

/** The four predicates. */
export interface Quirks {
  readonly deletedPatientDescriptors: boolean;
  readonly oldIdNums: boolean;
  readonly explicitPkName: boolean;
  readonly pkNameNeitherFirstNorExplicit: boolean;
}

export interface Opened {
  readonly request: Request;
  readonly session: Session;
  readonly quirks: Quirks;
}

/** From a form, and what has been looked up for it, to the session and the predicates. */
export type Open = (form: Form, found: LookedUp) => Opened | Refusal;

export type { Device, LookedUp, Secret, SessionIdToken, User };
