/** What both rivals are given, and what each must give: the same data as the package. */
import type { Device, LookedUp, Secret, User } from 'camcops-tablet-session';
import type { Option } from 'fp-ts/lib/Option.js';

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
}

/** What a request and its session have in common. */
interface Sent {
  readonly operation: Option<string>;
  readonly deviceName: Option<string>;
  readonly username: Option<string>;
  readonly sessionId: Option<number>;
  readonly sessionToken: Option<Secret>;
  readonly clientVersion: string;
}

export interface Opened {
  readonly request: Sent & { readonly password: Option<Secret> };
  readonly session: Sent & { readonly device: Option<Device>; readonly user: Option<User> };
  /** The four predicates. */
  readonly quirks: Readonly<
    Record<'deletedPatientDescriptors' | 'oldIdNums' | 'explicitPkName' | 'pkNameNeitherFirstNorExplicit', boolean>
  >;
}

/** From a form, and what has been looked up for it, to the session and the predicates. */
export type Open = (form: Form, found: LookedUp) => Opened | Refusal;
