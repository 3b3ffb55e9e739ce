/**
 * The rules of the front door, written once more, as tables and ifs.
 *
 * Nothing is shared with `src`: no import, no regular expression, no library. It is meant to be read beside the design, not to be
 * fast or short. Absent things are `null`.
 */

// What goes in

export interface ModelMembership {
  readonly groupId: number;
  readonly mayUpload: boolean;
  readonly mayRegisterDevices: boolean;
}

export interface ModelUser {
  readonly id: number;
  readonly username: string;
  readonly password: string;
  readonly uploadGroupId: number | null;
  readonly superuser: boolean;
  readonly memberships: readonly ModelMembership[];
  /** The one device of the account; left out: any will do. */
  readonly onlyDevice?: string;
}

export interface ModelStoredSession {
  readonly id: number;
  readonly token: string;
  readonly username: string;
  /** The one device that may resume it; left out: any may. */
  readonly device?: string;
}

/** What a host knows. Names and ids are there once each. */
export interface ModelWorld {
  readonly devices: readonly { readonly id: number; readonly name: string }[];
  readonly users: readonly ModelUser[];
  readonly sessions: readonly ModelStoredSession[];
  /** What every new session is given. */
  readonly newSession: { readonly id: number; readonly token: string };
  /** Whether the host stores sessions at all. */
  readonly storesSessions: boolean;
}

/** What a handler does, whatever it is asked. */
export type ModelAnswer =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'fields'; readonly fields: readonly (readonly [key: string, value: string])[] }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'fault' }
  | { readonly kind: 'throws' };

/** From a version, which is in it, to another, which is not; `null` is no end. Both are releases in canonical form. */
export interface ModelInterval {
  readonly from: string;
  readonly to: string | null;
}

export interface ModelPolicy {
  /** At least one; ascending and apart. */
  readonly supported: readonly ModelInterval[];
  /** Of those, what to report; it may be empty. */
  readonly deprecated: readonly ModelInterval[];
}

export interface ModelServer {
  readonly world: ModelWorld;
  readonly policy: ModelPolicy;
  /** The operations that the host has a handler for. */
  readonly answers: readonly (readonly [operation: string, answer: ModelAnswer])[];
}

export interface ModelForm {
  readonly method: unknown;
  readonly pairs: readonly (readonly [name: unknown, value: unknown])[];
}

// What comes out

export interface ModelRefusal {
  readonly code: string;
  /** Of `duplicate-field` and `invalid-field`. */
  readonly field: string | null;
}

export interface ModelSession {
  readonly operation: string | null;
  readonly deviceName: string | null;
  readonly username: string | null;
  readonly clientVersion: string;
  readonly sessionId: number | null;
  readonly sessionToken: string | null;
  readonly deviceId: number | null;
  readonly userId: number | null;
  readonly copeWithDeletedPatientDescriptors: boolean;
  readonly copeWithOldIdNums: boolean;
  readonly explicitPkNameForUploadTable: boolean;
  readonly pkNameInUploadTableNeitherFirstNorExplicit: boolean;
  /** The code of each gate's refusal. */
  readonly ensureDeviceRegistered: string | null;
  readonly ensureValidUserForDeviceRegistration: string | null;
  readonly ensureValidDeviceAndUserForUploading: string | null;
}

export interface ModelCalls {
  readonly findDeviceByName: number;
  readonly authenticate: number;
  readonly findSession: number;
  readonly startSession: number;
}

export interface ModelOutcome {
  readonly operation: string | null;
  readonly deviceName: string | null;
  readonly username: string | null;
  readonly clientVersion: string | null;
  readonly deprecatedClient: boolean;
  /** `resumed`, `password`, `none` or `failed`. */
  readonly signIn: string;
  /** `served`, a refusal's code, `fault` or `defect`. */
  readonly result: string;
}

export interface ModelReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ModelResult {
  /** Why no session was opened. */
  readonly refusal: ModelRefusal | null;
  readonly session: ModelSession | null;
  /** Which row of section 7 it was, from 1 to 5. */
  readonly signInRow: number | null;
  /** Whether a session is stored that another device may resume, but not this one. */
  readonly isSessionOfAnother: boolean;
  /** Of the operation, if there is one of that name. */
  readonly privilege: string | null;
  /** The message of what `admit` refuses. */
  readonly admissionRefusal: string | null;
  readonly calls: ModelCalls;
  /** How often the host's handlers were called, all together. */
  readonly handlerCalls: number;
  readonly outcome: ModelOutcome;
  readonly reply: ModelReply;
}

// Grammar (sections 5 and 6)

const digits = '0123456789';
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const largest = 9007199254740991n;

const isAllOf = (alphabet: string, text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    if (!alphabet.includes(text.charAt(at))) return false;
  }
  return text.length > 0;
};

const isOperation = (text: string): boolean => text.length <= 64 && isAllOf(letters + digits + '_', text);
const isName = (text: string): boolean => text.length <= 191 && isAllOf(letters + digits + ',_-{}', text);

const isNumberWithoutLeadingZeros = (text: string): boolean =>
  isAllOf(digits, text) && (text === '0' || !text.startsWith('0'));

interface ModelVersion {
  readonly canonical: string;
  readonly numbers: readonly bigint[];
  /** Empty for a release. */
  readonly prerelease: readonly string[];
}

/** `N` and `N.M`, as old clients numbered themselves. */
const readDecimal = (text: string): ModelVersion | null => {
  const parts = text.split('.');
  if (parts.length > 2 || !parts.every((part) => isAllOf(digits, part))) return null;
  let fraction = parts[1] ?? '';
  while (fraction.length < 2) fraction += '0';
  const numbers = [BigInt(parts[0] ?? ''), BigInt(fraction), 0n];
  if (numbers.some((number) => number > largest)) return null;
  return { canonical: numbers.join('.'), numbers, prerelease: [] };
};

/** Strict SemVer 2.0.0. */
const readSemVer = (text: string): ModelVersion | null => {
  const plus = text.indexOf('+');
  const beforeBuild = plus < 0 ? text : text.slice(0, plus);
  const dash = beforeBuild.indexOf('-');
  const core = (dash < 0 ? beforeBuild : beforeBuild.slice(0, dash)).split('.');
  const prerelease = dash < 0 ? [] : beforeBuild.slice(dash + 1).split('.');
  const build = plus < 0 ? [] : text.slice(plus + 1).split('.');

  if (core.length !== 3) return null;
  for (const number of core) {
    if (!isNumberWithoutLeadingZeros(number) || BigInt(number) > largest) return null;
  }
  for (const part of prerelease) {
    if (!isAllOf(letters + digits + '-', part)) return null;
    if (isAllOf(digits, part) && (!isNumberWithoutLeadingZeros(part) || BigInt(part) > largest)) return null;
  }
  for (const part of build) {
    if (!isAllOf(letters + digits + '-', part)) return null;
  }
  return { canonical: text, numbers: core.map(BigInt), prerelease };
};

const readVersion = (text: string): ModelVersion | null =>
  text.length > 256 ? null : (readDecimal(text) ?? readSemVer(text));

const comparePrereleaseParts = (a: string, b: string): number => {
  const [aIsNumber, bIsNumber] = [isAllOf(digits, a), isAllOf(digits, b)];
  if (aIsNumber && bIsNumber) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (aIsNumber) return -1;
  if (bIsNumber) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
};

const isBelow = (a: ModelVersion, b: ModelVersion): boolean => {
  for (let at = 0; at < 3; at += 1) {
    const [left, right] = [a.numbers[at] ?? 0n, b.numbers[at] ?? 0n];
    if (left !== right) return left < right;
  }
  if (a.prerelease.length === 0) return false;
  if (b.prerelease.length === 0) return true;
  for (let at = 0; at < a.prerelease.length && at < b.prerelease.length; at += 1) {
    const order = comparePrereleaseParts(a.prerelease[at] ?? '', b.prerelease[at] ?? '');
    if (order !== 0) return order < 0;
  }
  return a.prerelease.length < b.prerelease.length;
};

const isBelowText = (a: ModelVersion, text: string): boolean => {
  const b = readVersion(text);
  return b !== null && isBelow(a, b);
};

// Policy (section 6)

/** Intervals as a host writes them. */
export const modelRange = (intervals: readonly ModelInterval[]): string =>
  intervals.map(({ from, to }) => (to === null ? `>=${from}` : `>=${from} <${to}`)).join(' || ');

const isWithin = (version: ModelVersion, intervals: readonly ModelInterval[]): boolean => {
  for (const { from, to } of intervals) {
    if (!isBelowText(version, from) && (to === null || isBelowText(version, to))) return true;
  }
  return false;
};

const refuseVersion = (version: ModelVersion, { supported }: ModelPolicy): string | null => {
  if (isWithin(version, supported)) return null;
  const [first, last] = [supported[0], supported[supported.length - 1]];
  if (first !== undefined && isBelowText(version, first.from)) return 'version-too-old';
  const end = last?.to ?? null;
  if (end !== null && !isBelowText(version, end)) return 'version-too-new';
  return 'version-blocked';
};

// The form (section 5)

/** A positive safe integer, or `null`: what is none is as if absent. */
const readSessionId = (text: string): number | null => {
  const isSigned = text.startsWith('+') || text.startsWith('-');
  const unsigned = isSigned ? text.slice(1) : text;
  if (!isAllOf(digits, unsigned) || text.startsWith('-')) return null;
  const id = BigInt(unsigned);
  return id > 0n && id <= largest ? Number(id) : null;
};

const fieldNames = ['operation', 'device', 'user', 'password', 'session_id', 'session_token', 'camcops_version'];

const rules = new Map([
  ['operation', 'must be 1 to 64 letters, digits and underscores'],
  ['device', 'must be 1 to 191 letters, digits or any of , _ - { }'],
  ['user', 'must be 1 to 191 letters, digits or any of , _ - { }'],
  ['password', 'must be text'],
  ['session_id', 'must be text'],
  ['session_token', 'must be text'],
  ['camcops_version', 'must be text'],
]);

const valuesOf = (form: ModelForm, field: string): readonly unknown[] =>
  form.pairs.filter(([name]) => name === field).map(([, value]) => value);

/** The text of a field that was sent once; `null` if it is absent, blank, or not a text. */
const textOf = (form: ModelForm, field: string): string | null => {
  const values = valuesOf(form, field);
  const value = values.length === 1 ? values[0] : null;
  return typeof value === 'string' && value !== '' ? value : null;
};

const isInvalid = (form: ModelForm, field: string): boolean => {
  const values = valuesOf(form, field);
  if (values.length === 0) return false;
  const text = textOf(form, field);
  if (text === null) return values[0] !== '';
  if (field === 'operation') return !isOperation(text);
  if (field === 'device' || field === 'user') return !isName(text);
  return false;
};

const refuseForm = (form: ModelForm, policy: ModelPolicy): ModelRefusal | null => {
  if (form.method !== 'POST') return { code: 'not-post', field: null };
  for (const field of fieldNames) {
    if (valuesOf(form, field).length > 1) return { code: 'duplicate-field', field };
  }
  for (const field of fieldNames) {
    if (isInvalid(form, field)) return { code: 'invalid-field', field };
  }
  const sentVersion = textOf(form, 'camcops_version');
  if (sentVersion === null) return { code: 'missing-version', field: null };
  const version = readVersion(sentVersion);
  if (version === null) return { code: 'nonsensical-version', field: null };
  const [device, user] = [textOf(form, 'device'), textOf(form, 'user')];
  if (device?.toLowerCase() === 'server') return { code: 'reserved-device-name', field: null };
  if (user?.toLowerCase() === 'system') return { code: 'reserved-username', field: null };
  const code = refuseVersion(version, policy);
  return code === null ? null : { code, field: null };
};

// Sign-in (section 7)

interface ModelSignIn {
  readonly row: number;
  readonly isSessionOfAnother: boolean;
  readonly user: ModelUser | null;
  readonly session: { readonly id: number; readonly token: string } | null;
  readonly asked: { readonly findSession: boolean; readonly authenticate: boolean; readonly startSession: boolean };
}

const signIn = (form: ModelForm, world: ModelWorld): ModelSignIn => {
  const username = textOf(form, 'user');
  const password = textOf(form, 'password');
  const id = readSessionId(textOf(form, 'session_id') ?? '');
  const token = textOf(form, 'session_token');

  const named = world.storesSessions
    ? world.sessions.find((session) => session.id === id && session.token === token)
    : undefined;
  // Without the name of a device, a tablet is another device too.
  const isSessionOfAnother = named?.device !== undefined && named.device !== textOf(form, 'device');
  const stored = isSessionOfAnother ? undefined : named;
  const isOwn = stored?.username === username;
  const user = world.users.find((known) => known.username === username);
  const isRight = user !== undefined && password !== null && password !== '' && user.password === password;

  // That a look-up whose answer cannot matter is left out is no rule of the table, but every request has to pay for it.
  const asked = {
    findSession: world.storesSessions && username !== null && id !== null && token !== null,
    authenticate: username !== null && password !== null && !isOwn,
    startSession: world.storesSessions && isRight && !isOwn,
  };
  const session = world.storesSessions ? world.newSession : null;

  if (stored !== undefined && isOwn) return { row: 1, isSessionOfAnother, user: user ?? null, session: stored, asked };
  if (stored !== undefined && isRight) return { row: 2, isSessionOfAnother, user, session, asked };
  if (stored !== undefined) return { row: 3, isSessionOfAnother, user: null, session: null, asked };
  if (isRight) return { row: 4, isSessionOfAnother, user, session, asked };
  return { row: 5, isSessionOfAnother, user: null, session: null, asked };
};

/** What a log is told of a sign-in. */
const howSignedIn = (form: ModelForm, row: number): string => {
  if (row === 1) return 'resumed';
  if (row === 2 || row === 4) return 'password';
  return textOf(form, 'password') === null && textOf(form, 'session_token') === null ? 'none' : 'failed';
};

// Gates (section 8)

const privileges = new Map([
  ['check_device_registered', 'anyone'],
  ['register_patient', 'anyone'],
  ['get_allowed_tables', 'registration'],
  ['get_extra_strings', 'registration'],
  ['get_task_schedules', 'registration'],
  ['register', 'registration'],
  ['check_upload_user_and_device', 'upload'],
  ['delete_where_key_not', 'upload'],
  ['end_upload', 'upload'],
  ['get_id_info', 'upload'],
  ['start_preservation', 'upload'],
  ['start_upload', 'upload'],
  ['upload_empty_tables', 'upload'],
  ['upload_entire_database', 'upload'],
  ['upload_record', 'upload'],
  ['upload_table', 'upload'],
  ['validate_patients', 'upload'],
  ['which_keys_to_send', 'upload'],
]);

/** All names of section 8, in its order. */
export const modelOperations: readonly string[] = [...privileges.keys()];

const mayUpload = (user: ModelUser): boolean => {
  if (user.uploadGroupId === null) return false;
  if (user.superuser) return true;
  for (const membership of user.memberships) {
    if (membership.groupId === user.uploadGroupId && membership.mayUpload) return true;
  }
  return false;
};

const mayRegisterDevices = (user: ModelUser): boolean => {
  if (user.uploadGroupId === null) return false;
  if (user.superuser) return true;
  for (const membership of user.memberships) {
    if (membership.groupId === user.uploadGroupId && membership.mayRegisterDevices) return true;
  }
  return false;
};

const isElsewhere = (user: ModelUser, deviceName: string | null): boolean =>
  user.onlyDevice !== undefined && user.onlyDevice !== deviceName;

const refuseRegistration = (user: ModelUser | null, deviceName: string | null): string | null => {
  if (user === null) return 'invalid-credentials';
  if (isElsewhere(user, deviceName)) return 'other-device';
  if (user.uploadGroupId === null) return 'no-upload-group';
  return mayRegisterDevices(user) ? null : 'not-authorized-to-register-devices';
};

const refuseUpload = (user: ModelUser | null, deviceName: string | null, deviceId: number | null): string | null => {
  if (user === null) return 'invalid-credentials';
  if (isElsewhere(user, deviceName)) return 'other-device';
  if (user.uploadGroupId === null) return 'no-upload-group';
  if (!mayUpload(user)) return 'not-authorized-to-upload';
  return deviceId === null ? 'unregistered-device' : null;
};

// Words (section 9)

const messages = new Map([
  ['not-post', 'Must use POST method'],
  ['duplicate-field', 'The field FIELD was sent more than once'],
  ['invalid-field', 'Bad FIELD field: RULE'],
  ['missing-version', 'Not a valid CamCOPS API request'],
  ['nonsensical-version', 'CamCOPS tablet version nonsensical'],
  ['reserved-device-name', "Tablets cannot use the device name 'server'"],
  ['reserved-username', "Tablets cannot use the username 'system'"],
  ['version-too-old', 'Tablet CamCOPS version too old: is ACTUAL, need REQUIRED'],
  ['version-too-new', 'Tablet CamCOPS version too new: is ACTUAL, need SUPPORTED'],
  ['version-blocked', 'Tablet CamCOPS version not supported: is ACTUAL, need SUPPORTED'],
  ['invalid-credentials', 'Invalid username/password (or user not authorized)'],
  ['other-device', 'This account belongs to another device'],
  ['no-upload-group', 'No upload group set for user USERNAME'],
  ['not-authorized-to-upload', 'User not authorized to upload to selected group'],
  ['not-authorized-to-register-devices', 'User not authorized to register devices for selected group'],
  ['unregistered-device', 'Unregistered device'],
  ['missing-field', 'Must provide the variable: FIELD'],
  ['unsupported-operation', 'operation=OPERATION: not supported'],
]);

const wordsOf = (code: string, data: Readonly<Record<string, string>>): string => {
  let words = messages.get(code) ?? '';
  for (const [name, value] of Object.entries(data)) words = words.replace(name, () => value);
  return words;
};

// Replies (section 10)

const escaped = (value: string, doubled: boolean): string => {
  let told = '';
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charAt(at);
    if (unit === '\r') told += '\\r';
    else if (unit === '\n') told += '\\n';
    else if (unit === '\\' && doubled) told += '\\\\';
    else told += unit;
  }
  return told;
};

const sessionLines = (session: ModelSignIn['session']): string =>
  session === null
    ? 'session_id:\nsession_token:\n'
    : `session_id:${String(session.id)}\nsession_token:${escaped(session.token, false)}\n`;

const refusedBody = (message: string, session: ModelSignIn['session']): string =>
  `success:0\nerror:${escaped(message, true)}\n${sessionLines(session)}`;

const servedBody = (answer: ModelAnswer, operation: string, session: ModelSignIn['session']): string => {
  let lines = '';
  if (answer.kind === 'nothing') lines = `result:${operation}\n`;
  if (answer.kind === 'text') lines = `result:${escaped(answer.text, false)}\n`;
  if (answer.kind === 'fields') {
    for (const [key, value] of answer.fields) lines += `${key}:${escaped(value, false)}\n`;
  }
  return `${lines}success:1\n${sessionLines(session)}`;
};

const replyOf = (status: number, body: string): ModelReply => {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers: status === 405 ? { ...headers, allow: 'POST' } : headers, body };
};

// The whole job

const noCalls: ModelCalls = { findDeviceByName: 0, authenticate: 0, findSession: 0, startSession: 0 };

const fitToLog = (form: ModelForm): Omit<ModelOutcome, 'result' | 'deprecatedClient' | 'signIn'> => {
  const [operation, deviceName, username] = [textOf(form, 'operation'), textOf(form, 'device'), textOf(form, 'user')];
  return {
    operation: operation !== null && isOperation(operation) ? operation : null,
    deviceName: deviceName !== null && isName(deviceName) ? deviceName : null,
    username: username !== null && isName(username) ? username : null,
    clientVersion: readVersion(textOf(form, 'camcops_version') ?? '')?.canonical ?? null,
  };
};

const refusedForm = (form: ModelForm, refusal: ModelRefusal, { supported }: ModelPolicy): ModelResult => {
  const { code, field } = refusal;
  const logged = fitToLog(form);
  const message = wordsOf(code, {
    FIELD: field ?? '',
    RULE: rules.get(field ?? '') ?? '',
    REQUIRED: supported[0]?.from ?? '',
    SUPPORTED: modelRange(supported),
    ACTUAL: logged.clientVersion ?? '',
  });
  const versions = valuesOf(form, 'camcops_version');
  const wasSent = versions.length > 1 || (versions.length === 1 && versions[0] !== '');

  let reply = replyOf(200, refusedBody(message, null));
  if (!wasSent) reply = replyOf(400, 'Not a valid CamCOPS API request\n');
  if (code === 'not-post') reply = replyOf(405, 'Must use POST method\n');
  return {
    refusal,
    session: null,
    signInRow: null,
    isSessionOfAnother: false,
    privilege: null,
    admissionRefusal: null,
    calls: noCalls,
    handlerCalls: 0,
    outcome: { ...logged, deprecatedClient: false, signIn: 'none', result: code },
    reply,
  };
};

/** What must become of a form. */
export const modelOf = ({ world, policy, ...server }: ModelServer, form: ModelForm): ModelResult => {
  const answers = new Map(server.answers);
  const refusal = refuseForm(form, policy);
  if (refusal !== null) return refusedForm(form, refusal, policy);

  const operation = textOf(form, 'operation');
  const deviceName = textOf(form, 'device');
  const version = readVersion(textOf(form, 'camcops_version') ?? '');
  const { row, isSessionOfAnother, user, session, asked } = signIn(form, world);
  const method = howSignedIn(form, row);
  const deviceId = world.devices.find((device) => device.name === deviceName)?.id ?? null;
  const upload = refuseUpload(user, deviceName, deviceId);
  const registration = refuseRegistration(user, deviceName);
  const is = (milestone: string): boolean => version !== null && !isBelowText(version, milestone);

  // Admission
  const privilege = privileges.get(operation ?? '') ?? null;
  let code: string | null = null;
  if (operation === null) code = 'missing-field';
  else if (privilege === null) code = 'unsupported-operation';
  else if (privilege === 'registration') code = registration;
  else if (privilege === 'upload') code = upload;
  if (code === null && operation === 'register' && deviceName === null) code = 'missing-field';
  const missing = operation === null ? 'operation' : 'device';
  const data = { USERNAME: user?.username ?? '', OPERATION: operation ?? '', FIELD: missing };
  const admissionRefusal = code === null ? null : wordsOf(code, data);

  // What the handler says, if it comes to that
  let result = code ?? 'served';
  let reply = replyOf(200, refusedBody(admissionRefusal ?? '', session));
  if (code === null && operation !== null) {
    let answer = answers.get(operation) ?? null;
    if (answer === null && operation === 'check_upload_user_and_device') answer = { kind: 'nothing' };
    if (answer === null && operation === 'check_device_registered') {
      if (deviceId === null) {
        result = 'unregistered-device';
        reply = replyOf(200, refusedBody(wordsOf(result, {}), session));
      } else {
        answer = { kind: 'nothing' };
      }
    } else if (answer === null) {
      result = 'unsupported-operation';
      reply = replyOf(200, refusedBody(wordsOf(result, data), session));
    }
    if (answer?.kind === 'refused') {
      result = 'refused';
      reply = replyOf(200, refusedBody(answer.message, session));
    } else if (answer?.kind === 'fault' || answer?.kind === 'throws') {
      result = answer.kind === 'fault' ? 'fault' : 'defect';
      reply = replyOf(503, refusedBody('Server error', session));
    } else if (answer !== null) {
      reply = replyOf(200, servedBody(answer, operation, session));
    }
  }

  return {
    refusal: null,
    session: {
      operation,
      deviceName,
      username: textOf(form, 'user'),
      clientVersion: version?.canonical ?? '',
      sessionId: session?.id ?? null,
      sessionToken: session?.token ?? null,
      deviceId,
      userId: user?.id ?? null,
      copeWithDeletedPatientDescriptors: !is('2.0.0'),
      copeWithOldIdNums: !is('2.0.1'),
      explicitPkNameForUploadTable: is('2.0.4'),
      pkNameInUploadTableNeitherFirstNorExplicit: is('2.0.0') && !is('2.0.4'),
      ensureDeviceRegistered: deviceId === null ? 'unregistered-device' : null,
      ensureValidUserForDeviceRegistration: registration,
      ensureValidDeviceAndUserForUploading: upload,
    },
    signInRow: row,
    isSessionOfAnother,
    privilege,
    admissionRefusal,
    calls: {
      findDeviceByName: deviceName === null ? 0 : 1,
      authenticate: asked.authenticate ? 1 : 0,
      findSession: asked.findSession ? 1 : 0,
      startSession: asked.startSession ? 1 : 0,
    },
    handlerCalls: code === null && answers.has(operation ?? '') ? 1 : 0,
    outcome: {
      ...fitToLog(form),
      deprecatedClient: version !== null && isWithin(version, policy.deprecated),
      signIn: method,
      result,
    },
    reply,
  };
};
