/** From a form to a request: every check, in order. Nothing is looked up yet. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import type * as t from 'io-ts';

import { parseClientVersion, type ClientVersion } from './client-version.js';
import { PositiveInteger } from './internal/codec.js';
import { DeviceName, nameRule, OperationName, operationRule, Username } from './names.js';
import {
  duplicateField,
  invalidField,
  missingVersion,
  notPost,
  reservedDeviceName,
  reservedUsername,
} from './refusals/form.js';
import { secret, type Secret } from './secret.js';
import {
  fieldNames,
  isBlank,
  readForm,
  repeated,
  type ReadForm,
  type Received,
  type TabletForm,
} from './tablet-form.js';
import type { UserError } from './user-error.js';
import type { VersionPolicy } from './version-policy.js';

/** A checked form. It holds the password until sign-in; a session never does. */
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

/** A blank field counts as absent; a value outside the grammar gives `undefined`. */
const optionalName = <A extends string>(codec: t.Type<A, string>, value: Received): Option<A> | undefined => {
  if (isBlank(value)) return none;
  return codec.is(value) ? some(value) : undefined;
};

const isText = (value: Received): value is string | undefined => value === undefined || typeof value === 'string';

const optionalSecret = (text: string | undefined): Option<Secret> => (isBlank(text) ? none : some(secret(text)));

const wholeNumber = /^[+-]?[0-9]+$/;

/** An unusable session id counts as absent, so that a client with a stale one can still sign in. */
// Stryker disable next-line StringLiteral: neither string is a whole number.
const optionalSessionId = (text = ''): Option<number> => {
  const id = wholeNumber.test(text) ? Number(text) : 0;
  return PositiveInteger.is(id) ? some(id) : none;
};

/** In any letter case: databases often compare names without case. */
const isReserved = (name: string, reserved: string): boolean => name.toLowerCase() === reserved;

/** Every check but that of the version policy. */
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

/** {@link parseTabletRequest}, for a form that was read. */
export const checkForm =
  (policy: VersionPolicy) =>
  (form: ReadForm): Either<UserError, TabletRequest> => {
    const request = checkFields(form);
    if (isLeft(request)) return request;
    const refusal = policy.refusal(request.right.clientVersion);
    return isSome(refusal) ? left(refusal.value) : request;
  };

/**
 * From a form to a request: the first step of CamCOPS's `TabletSession(req)`, without any look-up. The refusals, in the order of
 * the checks: `not-post`, `duplicate-field`, `invalid-field` (operation, device, user; then any of the seven fields that is not
 * a string), `missing-version`, `nonsensical-version`, `reserved-device-name`, `reserved-username`, then the policy's. Only the
 * seven fields are read.
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
