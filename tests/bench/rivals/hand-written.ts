/** Form to session to predicates by hand, with no library: what the package is measured against. */
import { secret, type Secret } from 'camcops-tablet-session';
import type { Option } from 'fp-ts/lib/Option.js';

import type { Form, Open, Opened, Refusal } from './rival.js';
import { compareVersions, parseVersion, type Version } from './version.js';

const none: Option<never> = { _tag: 'None' };
const some = <A>(value: A): Option<A> => ({ _tag: 'Some', value });

// Reading

const names = ['operation', 'device', 'user', 'password', 'session_id', 'session_token', 'camcops_version'] as const;

type Name = (typeof names)[number];

/** What came in each field; `undefined` if nothing did. */
type Sent = Record<Name, unknown>;

const ours: ReadonlySet<string> = new Set(names);
const isOurs = (name: string): name is Name => ours.has(name);

const repeated = Symbol('repeated');
/** In place of a value that is `undefined`, which stands for none here. */
const nothing = Symbol('nothing');

const readFields = (fields: Form['fields']): Sent => {
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

// Checks

const nameRule = 'must be 1 to 191 letters, digits or any of , _ - { }';
const textRule = 'must be text';

const operationGrammar = /^[A-Za-z0-9_]{0,64}$/;
const nameGrammar = /^[A-Za-z0-9,_\-{}]{0,191}$/;
const wholeNumber = /^[+-]?[0-9]+$/;

const invalid = (field: Name, rule: string): Refusal => ({ code: 'invalid-field', field, rule });

const optional = (text: string): Option<string> => (text === '' ? none : some(text));
const optionalSecret = (text: string): Option<Secret> => (text === '' ? none : some(secret(text)));
const optionalSessionId = (text: string): Option<number> => {
  const id = wholeNumber.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(id) && id > 0 ? some(id) : none;
};

/** A request, and its version as it was read. */
interface Checked {
  readonly request: Opened['request'];
  readonly version: Version;
}

const check = (minimum: Version, isPost: boolean, sent: Sent): Checked | Refusal => {
  if (!isPost) return { code: 'not-post' };
  for (const name of names) if (sent[name] === repeated) return { code: 'duplicate-field', field: name };

  const { operation = '', device = '', user = '', password = '', session_id = '', session_token = '' } = sent;
  if (typeof operation !== 'string' || !operationGrammar.test(operation)) {
    return invalid('operation', 'must be 1 to 64 letters, digits and underscores');
  }
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
  if (device.toLowerCase() === 'server') return { code: 'reserved-device-name' };
  if (user.toLowerCase() === 'system') return { code: 'reserved-username' };
  if (compareVersions(version, minimum) < 0) {
    return { code: 'version-too-old', actual: version.text, required: minimum.text };
  }

  const request = {
    operation: optional(operation),
    deviceName: optional(device),
    username: optional(user),
    password: optionalSecret(password),
    sessionId: optionalSessionId(session_id),
    sessionToken: optionalSecret(session_token),
    clientVersion: version.text,
  };
  return { request, version };
};

// Opening

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

const quirksOf = (client: Version): Opened['quirks'] => ({
  deletedPatientDescriptors: compareVersions(client, idDescriptorsLeftPatient) < 0,
  oldIdNums: compareVersions(client, idNumsHaveOwnTable) < 0,
  explicitPkName: compareVersions(client, clientNamesPrimaryKey) >= 0,
  pkNameNeitherFirstNorExplicit:
    compareVersions(client, idDescriptorsLeftPatient) >= 0 && compareVersions(client, clientNamesPrimaryKey) < 0,
});

export const handWritten =
  (minimum: Version): Open =>
  (form, { device, user, session: found }) => {
    const checked = check(minimum, form.method === 'POST', readFields(form.fields));
    if ('code' in checked) return checked;
    const { request } = checked;
    const session = {
      operation: request.operation,
      deviceName: request.deviceName,
      username: request.username,
      clientVersion: request.clientVersion,
      sessionId: found._tag === 'Some' ? some(found.value.id) : none,
      sessionToken: found._tag === 'Some' ? some(found.value.token) : none,
      device,
      user,
    };
    return { request, session, quirks: quirksOf(checked.version) };
  };
