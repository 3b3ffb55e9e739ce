/** The whole of `handleTabletRequest` by hand: async functions, with no library and no Either. */
import { check, nameGrammar, none, operationGrammar, readFields, sessionOf, some, type Sent } from './hand-written.js';
import type { Device, Form, Refusal, Request, Secret, Session, SessionIdToken, User } from './rival.js';
import { parseVersion, type Version } from './version.js';

// What a host hands in

export interface PlainPorts {
  readonly findDeviceByName: (name: string) => Promise<Device | undefined>;
  readonly authenticate: (username: string, password: Secret) => Promise<User | undefined>;
  readonly findSession: (id: number, token: Secret) => Promise<(SessionIdToken & { readonly user: User }) | undefined>;
  readonly startSession: (user: User) => Promise<SessionIdToken>;
}

export type PlainAnswer = undefined | string | Readonly<Record<string, string>>;

export interface PlainServer {
  readonly ports: PlainPorts;
  readonly handlers: Readonly<Record<string, (session: Session, fields: Form['fields']) => Promise<PlainAnswer>>>;
  readonly minimum: Version;
}

export interface PlainReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly outcome: Outcome;
}

interface Outcome {
  operation?: string;
  deviceName?: string;
  username?: string;
  clientVersion?: string;
  deprecatedClient: boolean;
  signIn: 'resumed' | 'password' | 'none' | 'failed';
  result: { readonly code: string };
}

// Operations

const anyone = new Set(['check_device_registered', 'register_patient']);
const registration = new Set(['get_allowed_tables', 'get_extra_strings', 'get_task_schedules', 'register']);
const upload = new Set([
  'check_upload_user_and_device',
  'delete_where_key_not',
  'end_upload',
  'get_id_info',
  'start_preservation',
  'start_upload',
  'upload_empty_tables',
  'upload_entire_database',
  'upload_record',
  'upload_table',
  'validate_patients',
  'which_keys_to_send',
]);

const userRefusal = (
  { user }: Session,
  may: 'mayUpload' | 'mayRegisterDevices',
  otherwise: string,
): Refusal | undefined => {
  if (user._tag === 'None') return { code: 'invalid-credentials' };
  const { uploadGroupId: group, superuser, memberships, username } = user.value;
  if (group._tag === 'None') return { code: 'no-upload-group', username };
  const isAllowed =
    superuser || memberships.some((membership) => membership.groupId === group.value && membership[may]);
  return isAllowed ? undefined : { code: otherwise };
};

const deviceRefusal = ({ device }: Session): Refusal | undefined =>
  device._tag === 'None' ? { code: 'unregistered-device' } : undefined;

const gateRefusal = (operation: string, session: Session): Refusal | undefined => {
  if (upload.has(operation)) {
    return userRefusal(session, 'mayUpload', 'not-authorized-to-upload') ?? deviceRefusal(session);
  }
  if (registration.has(operation)) {
    const refusal = userRefusal(session, 'mayRegisterDevices', 'not-authorized-to-register-devices');
    if (refusal !== undefined || operation !== 'register' || session.deviceName._tag === 'Some') return refusal;
    return { code: 'missing-field', field: 'device' };
  }
  return anyone.has(operation) ? undefined : { code: 'unsupported-operation', operation };
};

// Sign-in

interface SignedIn {
  readonly method: 'resumed' | 'password';
  readonly user: User;
  readonly session: SessionIdToken;
}

const findUser = async (
  { findSession, authenticate, startSession }: PlainPorts,
  { username, password, sessionId, sessionToken }: Request,
): Promise<SignedIn | undefined> => {
  if (username._tag === 'None') return undefined;
  if (sessionId._tag === 'Some' && sessionToken._tag === 'Some') {
    const stored = await findSession(sessionId.value, sessionToken.value);
    if (stored?.user.username === username.value) return { method: 'resumed', user: stored.user, session: stored };
  }
  if (password._tag === 'None') return undefined;
  const user = await authenticate(username.value, password.value);
  return user && { method: 'password', user, session: await startSession(user) };
};

// Replies

const messageOf = (refusal: Refusal): string => {
  switch (refusal.code) {
    case 'not-post':
      return 'Must use POST method';
    case 'duplicate-field':
      return `The field ${String(refusal.field)} was sent more than once`;
    case 'invalid-field':
      return `Bad ${String(refusal.field)} field: ${String(refusal.rule)}`;
    case 'nonsensical-version':
      return 'CamCOPS tablet version nonsensical';
    case 'reserved-device-name':
      return "Tablets cannot use the device name 'server'";
    case 'reserved-username':
      return "Tablets cannot use the username 'system'";
    case 'version-too-old':
      return `Tablet CamCOPS version too old: is ${String(refusal.actual)}, need ${String(refusal.required)}`;
    case 'invalid-credentials':
      return 'Invalid username/password (or user not authorized)';
    case 'no-upload-group':
      return `No upload group set for user ${String(refusal.username)}`;
    case 'not-authorized-to-upload':
      return 'User not authorized to upload to selected group';
    case 'not-authorized-to-register-devices':
      return 'User not authorized to register devices for selected group';
    case 'unregistered-device':
      return 'Unregistered device';
    case 'missing-field':
      return `Must provide the variable: ${String(refusal.field)}`;
    case 'unsupported-operation':
      return `operation=${String(refusal.operation)}: not supported`;
    default:
      return 'Not a valid CamCOPS API request';
  }
};

const line = (key: string, value: string): string =>
  `${key}:${value.replaceAll('\r', '\\r').replaceAll('\n', '\\n')}\n`;

const sessionLines = (session: Session | undefined): string =>
  session?.sessionId._tag === 'Some' && session.sessionToken._tag === 'Some'
    ? line('session_id', String(session.sessionId.value)) + line('session_token', session.sessionToken.value.reveal())
    : 'session_id:\nsession_token:\n';

const answerLines = (operation: string, answer: PlainAnswer): string => {
  if (typeof answer !== 'object') return line('result', answer ?? operation);
  let lines = '';
  for (const [key, value] of Object.entries(answer)) lines += line(key, value);
  return lines;
};

const errorBody = (message: string, session: Session | undefined): string =>
  `success:0\n${line('error', message.replaceAll('\\', '\\\\'))}${sessionLines(session)}`;

const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

// Outcomes

const summaryOfRequest = ({ operation, deviceName, username, clientVersion }: Request) => {
  const outcome: Omit<Outcome, 'result' | 'signIn'> = { clientVersion, deprecatedClient: false };
  if (operation._tag === 'Some') outcome.operation = operation.value;
  if (deviceName._tag === 'Some') outcome.deviceName = deviceName.value;
  if (username._tag === 'Some') outcome.username = username.value;
  return outcome;
};

const isSent = (value: unknown, grammar: RegExp): value is string =>
  typeof value === 'string' && value !== '' && grammar.test(value);

const summaryOfForm = ({ operation, device, user, camcops_version }: Sent) => {
  const outcome: Omit<Outcome, 'result' | 'signIn'> = { deprecatedClient: false };
  if (isSent(operation, operationGrammar)) outcome.operation = operation;
  if (isSent(device, nameGrammar)) outcome.deviceName = device;
  if (isSent(user, nameGrammar)) outcome.username = user;
  const version = typeof camcops_version === 'string' ? parseVersion(camcops_version) : undefined;
  if (version !== undefined) outcome.clientVersion = version.text;
  return outcome;
};

// The whole job

export const serveByHand =
  ({ ports, handlers, minimum }: PlainServer) =>
  async (form: Form): Promise<PlainReply> => {
    const sent = readFields(form.fields);
    const checked = check(minimum, form.method === 'POST', sent);
    if ('code' in checked) {
      const outcome = { ...summaryOfForm(sent), signIn: 'none' as const, result: checked };
      const message = messageOf(checked);
      if (checked.code === 'not-post') {
        return { status: 405, headers: { ...headers, allow: 'POST' }, body: `${message}\n`, outcome };
      }
      const { camcops_version = '' } = sent;
      if (camcops_version === '') return { status: 400, headers, body: 'Not a valid CamCOPS API request\n', outcome };
      return { status: 200, headers, body: errorBody(message, undefined), outcome };
    }

    const { request } = checked;
    const summary = summaryOfRequest(request);
    let session: Session | undefined;
    let signIn: Outcome['signIn'] =
      request.password._tag === 'Some' || request.sessionToken._tag === 'Some' ? 'failed' : 'none';
    try {
      const [device, signedIn] = await Promise.all([
        request.deviceName._tag === 'Some' ? ports.findDeviceByName(request.deviceName.value) : undefined,
        findUser(ports, request),
      ]);
      signIn = signedIn?.method ?? signIn;
      session = sessionOf(request, {
        device: device === undefined ? none : some(device),
        user: signedIn === undefined ? none : some(signedIn.user),
        session: signedIn === undefined ? none : some(signedIn.session),
      });

      const refuse = (refusal: Refusal): PlainReply => ({
        status: 200,
        headers,
        body: errorBody(messageOf(refusal), session),
        outcome: { ...summary, signIn, result: refusal },
      });
      if (request.operation._tag === 'None') return refuse({ code: 'missing-field', field: 'operation' });
      const operation = request.operation.value;
      const refusal = gateRefusal(operation, session);
      if (refusal !== undefined) return refuse(refusal);

      let answer: PlainAnswer;
      const handler = handlers[operation];
      if (handler !== undefined) answer = await handler(session, form.fields);
      else if (operation === 'check_device_registered') {
        const unregistered = deviceRefusal(session);
        if (unregistered !== undefined) return refuse(unregistered);
      } else if (operation !== 'check_upload_user_and_device') {
        return refuse({ code: 'unsupported-operation', operation });
      }
      return {
        status: 200,
        headers,
        body: `${answerLines(operation, answer)}success:1\n${sessionLines(session)}`,
        outcome: { ...summary, signIn, result: { code: 'served' } },
      };
    } catch (cause) {
      const result = { code: 'fault', cause };
      return {
        status: 503,
        headers,
        body: errorBody('Server error', session),
        outcome: { ...summary, signIn, result },
      };
    }
  };
