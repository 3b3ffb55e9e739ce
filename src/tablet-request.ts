/** From a form to a request: the checks of every field. Nothing is looked up yet. */
import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, map as mapOption, none, some, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ClientVersion, parseClientVersion } from './client-version.js';
import { guardCodec, optionOf, quietFailure } from './codec.js';
import { DeviceName, nameRule, OperationName, operationRule, Username } from './names.js';
import { secret, SentSecret, type Secret } from './secret.js';
import {
  fieldNames,
  isBlank,
  readForm,
  repeated,
  type FieldName,
  type ReadForm,
  type Sent,
  type TabletForm,
} from './tablet-form.js';
import {
  duplicateField,
  invalidField,
  missingVersion,
  notPost,
  reservedDeviceName,
  reservedUsername,
  userErrorMessage,
  type UserError,
} from './user-error.js';
import type { VersionPolicy } from './version-policy.js';

/** A form that has been checked (DESIGN.md, section 5). It has the password until sign-in; a session never does. */
export interface TabletRequest {
  readonly operation: Option<OperationName>;
  readonly deviceName: Option<DeviceName>;
  readonly username: Option<Username>;
  readonly password: Option<Secret>;
  /** A whole number above 0. */
  readonly sessionId: Option<number>;
  readonly sessionToken: Option<Secret>;
  readonly clientVersion: ClientVersion;
}

export const textRule = 'must be text';

/** Blank is absent; a value outside the grammar is `undefined`. */
const optionalName = <A extends string>(codec: t.Type<A, string>, value: Sent): Option<A> | undefined => {
  if (isBlank(value)) return none;
  return codec.is(value) ? some(value) : undefined;
};

const isText = (value: Sent): value is string | undefined => value === undefined || typeof value === 'string';

const optionalSecret = (text: string | undefined): Option<Secret> => (isBlank(text) ? none : some(secret(text)));

const wholeNumber = /^[+-]?[0-9]+$/;

const isSessionId = (id: unknown): id is number => Number.isSafeInteger(id) && Number(id) > 0;

/** What is no session id counts as none, so that a client with a stale or foreign one can still sign in. */
const optionalSessionId = (text = ''): Option<number> => {
  const id = wholeNumber.test(text) ? Number(text) : 0;
  return isSessionId(id) ? some(id) : none;
};

/** In any letter case, since databases often compare names without case. */
const isReserved = (name: string, reserved: string): boolean => name.toLowerCase() === reserved;

/** Every check of DESIGN.md, section 5, in its order, but for the version policy. */
export const checkFields = ({ isPost, sent }: ReadForm): Either<UserError, TabletRequest> => {
  if (!isPost) return left(notPost);
  for (const field of fieldNames) {
    if (sent[field] === repeated) return left(duplicateField(field));
  }

  const operation = optionalName(OperationName, sent.operation);
  if (operation === undefined) return left(invalidField('operation', operationRule));
  const deviceName = optionalName(DeviceName, sent.device);
  if (deviceName === undefined) return left(invalidField('device', nameRule));
  const username = optionalName(Username, sent.user);
  if (username === undefined) return left(invalidField('user', nameRule));
  const { password, session_id, session_token, camcops_version } = sent;
  if (!isText(password)) return left(invalidField('password', textRule));
  if (!isText(session_id)) return left(invalidField('session_id', textRule));
  if (!isText(session_token)) return left(invalidField('session_token', textRule));
  if (!isText(camcops_version)) return left(invalidField('camcops_version', textRule));

  if (isBlank(camcops_version)) return left(missingVersion);
  const clientVersion = parseClientVersion(camcops_version);
  if (isLeft(clientVersion)) return clientVersion;

  if (isSome(deviceName) && isReserved(deviceName.value, 'server')) return left(reservedDeviceName);
  if (isSome(username) && isReserved(username.value, 'system')) return left(reservedUsername);

  return right({
    operation,
    deviceName,
    username,
    password: optionalSecret(password),
    sessionId: optionalSessionId(session_id),
    sessionToken: optionalSecret(session_token),
    clientVersion: clientVersion.right,
  });
};

/** {@link parseTabletRequest}, for a form that has been read. */
export const checkForm =
  (policy: VersionPolicy) =>
  (form: ReadForm): Either<UserError, TabletRequest> => {
    const request = checkFields(form);
    if (isLeft(request)) return request;
    const refusal = policy.refusal(request.right.clientVersion);
    return isSome(refusal) ? left(refusal.value) : request;
  };

/**
 * From a form to a request: the first step of CamCOPS's `TabletSession(req)`, without any look-up. The checks, in order, are
 * those of DESIGN.md, section 5: `not-post`, `duplicate-field`, `invalid-field`, `missing-version`, `nonsensical-version`,
 * `reserved-device-name`, `reserved-username`, then the policy's. Fields that are not its own are not looked at.
 *
 * @example
 * import { defaultVersionPolicy, parseTabletRequest } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const parse = parseTabletRequest(defaultVersionPolicy);
 * const fields = new URLSearchParams('camcops_version=2.4.24&device=tablet-1&operation=register');
 * E.isRight(parse({ method: 'POST', fields })); // true
 * parse({ method: 'POST', fields: { camcops_version: '1.14' } });
 * // left({ code: 'version-too-old', actual: '1.14.0', required: '2.0.0' })
 */
export const parseTabletRequest =
  (policy: VersionPolicy) =>
  (form: TabletForm): Either<UserError, TabletRequest> =>
    checkForm(policy)(readForm(form));

// Codec

export const SessionId = guardCodec('SessionId', 'must be a whole number above 0', isSessionId);

const RequestShape = t.type({
  operation: optionOf(OperationName),
  deviceName: optionOf(DeviceName),
  username: optionOf(Username),
  password: optionOf(SentSecret),
  sessionId: optionOf(SessionId),
  sessionToken: optionOf(SentSecret),
  clientVersion: ClientVersion,
});

const asForm = (request: TabletRequest): TabletForm => {
  const fields: readonly (readonly [FieldName, Option<string>])[] = [
    ['operation', request.operation],
    ['device', request.deviceName],
    ['user', request.username],
    ['password', mapOption((password: Secret) => password.reveal())(request.password)],
    ['session_id', mapOption(String)(request.sessionId)],
    ['session_token', mapOption((token: Secret) => token.reveal())(request.sessionToken)],
    ['camcops_version', some(request.clientVersion)],
  ];
  return {
    method: 'POST',
    fields: fields.flatMap(([name, value]) => (isSome(value) ? [[name, value.value] as const] : [])),
  };
};

/** What a form can be decoded to, so with no reserved name in it. */
const isRequest = (input: unknown): input is TabletRequest => {
  try {
    return RequestShape.is(input) && isRight(checkFields(readForm(asForm(input))));
  } catch {
    return false;
  }
};

/**
 * The codec of a whole form. It decodes like {@link parseTabletRequest} but for the version policy; its errors hold the
 * refusal's words and none of the form. It encodes a request as the form that a tablet would send, password and token in clear.
 *
 * @example
 * import { TabletRequestFromForm } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * const decode = (fields: Record<string, string>) => TabletRequestFromForm.decode({ method: 'POST', fields });
 * E.map(TabletRequestFromForm.encode)(decode({ camcops_version: '1.5', device: '' }));
 * // right({ method: 'POST', fields: [['camcops_version', '1.50.0']] })
 * PathReporter.report(decode({ camcops_version: '2.4.24', device: 'server' }));
 * // ["Tablets cannot use the device name 'server'"]
 */
export const TabletRequestFromForm: t.Type<TabletRequest, TabletForm> = new t.Type(
  'TabletRequestFromForm',
  isRequest,
  (input, context) => {
    const request = checkFields(readForm(input));
    return isLeft(request) ? quietFailure(context, userErrorMessage(request.left)) : request;
  },
  asForm,
);
