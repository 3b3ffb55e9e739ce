/** Form to session to predicates by hand, with no library: what the package is measured against. */
import { secret } from 'camcops-tablet-session';

import type { Form, LookedUp, Open, Opened, Option, Quirks, Refusal, Request, Secret, Session, Some } from './rival.js';
import { compareVersions, parseVersion, type Version } from './version.js';

export const none: Option<never> = { _tag: 'None' };
export const some = <A>(value: A): Some<A> => ({ _tag: 'Some', value });

// Reading

const names = ['operation', 'device', 'user', 'password', 'session_id', 'session_token', 'camcops_version'] as const;

type Name = (typeof names)[number];

/** What came in each field; `undefined` if nothing did. */
export type Sent = Record<Name, unknown>;

const ours: ReadonlySet<string> = new Set(names);
const isOurs = (name: string): name is Name => ours.has(name);

const repeated = Symbol('repeated');
/** In place of a value that is `undefined`, which stands for none here. */
const nothing = Symbol('nothing');

export const readFields = (fields: Form['fields']): Sent => {
  const sent: Sent = {
    operation: undefined,
    device: undefined,
    user: undefined,
    password: undefined,
    session_id: undefined,
    session_token: undefined,
    camcops_version: undefined,
  };
  for (const [name, value] of fields) {
    if (isOurs(name)) sent[name] = sent[name] === undefined ? (value ?? nothing) : repeated;
  }
  return sent;
};

export const repeatedField = (sent: Sent): Name | undefined => names.find((name) => sent[name] === repeated);

// Checks

export const operationRule = 'must be 1 to 64 letters, digits and underscores';
export const nameRule = 'must be 1 to 191 letters, digits or any of , _ - { }';
export const textRule = 'must be text';

export const operationGrammar = /^[A-Za-z0-9_]{0,64}$/;
export const nameGrammar = /^[A-Za-z0-9,_\-{}]{0,191}$/;
const wholeNumber = /^[+-]?[0-9]+$/;

const invalid = (field: Name, rule: string): Refusal => ({ code: 'invalid-field', field, rule });

export const optional = <A extends string>(text: A): Option<A> => (text === '' ? none : some(text));
export const optionalSecret = (text: string): Option<Secret> => (text === '' ? none : some(secret(text)));
export const optionalSessionId = (text: string): Option<number> => {
  const id = wholeNumber.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(id) && id > 0 ? some(id) : none;
};

export const isReserved = (name: string, reserved: string): boolean => name.toLowerCase() === reserved;

export interface Checked {
  readonly request: Request;
  readonly version: Version;
}

export const check = (minimum: Version, isPost: boolean, sent: Sent): Checked | Refusal => {
  if (!isPost) return { code: 'not-post' };
  for (const name of names) if (sent[name] === repeated) return { code: 'duplicate-field', field: name };

  const { operation = '', device = '', user = '', password = '', session_id = '', session_token = '' } = sent;
  if (typeof operation !== 'string' || !operationGrammar.test(operation)) return invalid('operation', operationRule);
  if (typeof device !== 'string' || !nameGrammar.test(device)) return invalid('device', nameRule);
  if (typeof user !== 'string' || !nameGrammar.test(user)) return invalid('user', nameRule);
  if (typeof password !== 'string') return invalid('password', textRule);
  if (typeof session_id !== 'string') return invalid('session_id', textRule);
  if (typeof session_token !== 'string') return invalid('session_token', textRule);
  const { camcops_version = '' } = sent;
  if (typeof camcops_version !== 'string') return invalid('camcops_version', textRule);

  if (camcops_version === '') return { code: 'missing-version' };
  const version = parseVersion(camcops_version);
  if (version === undefined) return { code: 'nonsensical-version' };
  if (isReserved(device, 'server')) return { code: 'reserved-device-name' };
  if (isReserved(user, 'system')) return { code: 'reserved-username' };
  if (compareVersions(version, minimum) < 0) {
    return { code: 'version-too-old', actual: version.text, required: minimum.text };
  }

  return {
    request: {
      operation: optional(operation),
      deviceName: optional(device),
      username: optional(user),
      password: optionalSecret(password),
      sessionId: optionalSessionId(session_id),
      sessionToken: optionalSecret(session_token),
      clientVersion: version.text,
    },
    version,
  };
};

// Opening

export const sessionOf = (request: Request, { device, user, session }: LookedUp): Session => ({
  operation: request.operation,
  deviceName: request.deviceName,
  username: request.username,
  clientVersion: request.clientVersion,
  sessionId: session._tag === 'Some' ? some(session.value.id) : none,
  sessionToken: session._tag === 'Some' ? some(session.value.token) : none,
  device,
  user,
});

const version = (major: number, minor: number, patch: number): Version => ({
  text: [major, minor, patch].join('.'),
  major,
  minor,
  patch,
  prerelease: '',
});
const idDescriptorsLeftPatient = version(2, 0, 0);
const idNumsHaveOwnTable = version(2, 0, 1);
const clientNamesPrimaryKey = version(2, 0, 4);

const quirksOf = (client: Version): Quirks => ({
  deletedPatientDescriptors: compareVersions(client, idDescriptorsLeftPatient) < 0,
  oldIdNums: compareVersions(client, idNumsHaveOwnTable) < 0,
  explicitPkName: compareVersions(client, clientNamesPrimaryKey) >= 0,
  pkNameNeitherFirstNorExplicit:
    compareVersions(client, idDescriptorsLeftPatient) >= 0 && compareVersions(client, clientNamesPrimaryKey) < 0,
});

export const opened = ({ request, version }: Checked, found: LookedUp): Opened => ({
  request,
  session: sessionOf(request, found),
  quirks: quirksOf(version),
});

export const handWritten =
  (minimum: Version): Open =>
  (form, found) => {
    const checked = check(minimum, form.method === 'POST', readFields(form.fields));
    return 'code' in checked ? checked : opened(checked, found);
  };
