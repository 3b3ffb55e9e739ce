/** Turns a form into a request: every check, in order, without asking a port. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import type * as t from 'io-ts';

import { parseClientVersion, type ClientVersion } from './client-version.js';
import { PositiveInteger } from './internal/codec.js';
import { DeviceName, nameRule, OperationName, operationRule, Username } from './names.js';
import * as refusal from './refusals/form.js';
import { secret, type Secret } from './secret.js';
import * as F from './tablet-form.js';
import type { TabletForm } from './tablet-form.js';
import type { UserError } from './user-error.js';
import type { VersionPolicy } from './version-policy.js';

/** A checked form. It holds the password, which a session never does. */
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

const isText = (value: F.Received): value is string | undefined => value === undefined || typeof value === 'string';

const nothing = right(none);

/** A blank field counts as absent. */
const optionalName = <A extends string>(
  name: F.Received,
  field: F.FieldName,
  codec: t.Type<A, string>,
  rule: string,
): Either<UserError, Option<A>> => {
  if (name === undefined || name === '') return nothing;
  return codec.is(name) ? right(some(name)) : left(refusal.invalidField(field, rule));
};

const optionalSecret = (text = ''): Option<Secret> => (text === '' ? none : some(secret(text)));

const wholeNumber = /^[+-]?[0-9]+$/;

/** An unusable session id counts as absent, so that a client with a stale session can still sign in. */
const optionalSessionId = (text = ''): Option<number> => {
  const id = wholeNumber.test(text) ? Number(text) : 0;
  return PositiveInteger.is(id) ? some(id) : none;
};

/** In any letter case: databases often compare names without case. */
const isReserved = (name: Option<string>, reserved: string): boolean =>
  isSome(name) && name.value.length === reserved.length && name.value.toLowerCase() === reserved;

/** Runs every check except the version policy's. */
export const checkFields = ({ isPost, sent }: F.ReadForm): Either<UserError, TabletRequest> => {
  if (!isPost) return left(refusal.notPost);
  for (const field of F.fieldNames) {
    if (sent[field] === F.repeated) return left(refusal.duplicateField(field));
  }
  const operation = optionalName(sent.operation, 'operation', OperationName, operationRule);
  if (isLeft(operation)) return operation;
  const deviceName = optionalName(sent.device, 'device', DeviceName, nameRule);
  if (isLeft(deviceName)) return deviceName;
  const username = optionalName(sent.user, 'user', Username, nameRule);
  if (isLeft(username)) return username;
  const { password, session_id, session_token, camcops_version: version = '' } = sent;
  if (!isText(password)) return left(refusal.invalidField('password', textRule));
  if (!isText(session_id)) return left(refusal.invalidField('session_id', textRule));
  if (!isText(session_token)) return left(refusal.invalidField('session_token', textRule));
  if (!isText(version)) return left(refusal.invalidField('camcops_version', textRule));

  if (version === '') return left(refusal.missingVersion);
  const clientVersion = parseClientVersion(version);
  if (isLeft(clientVersion)) return clientVersion;
  if (isReserved(deviceName.right, 'server')) return left(refusal.reservedDeviceName);
  if (isReserved(username.right, 'system')) return left(refusal.reservedUsername);

  return right({
    operation: operation.right,
    deviceName: deviceName.right,
    username: username.right,
    password: optionalSecret(password),
    sessionId: optionalSessionId(session_id),
    sessionToken: optionalSecret(session_token),
    clientVersion: clientVersion.right,
  });
};

/** {@link parseTabletRequest}, for a form that was read. */
export const checkForm =
  (policy: VersionPolicy) =>
  (form: F.ReadForm): Either<UserError, TabletRequest> => {
    const request = checkFields(form);
    if (isLeft(request)) return request;
    const refused = policy.refusal(request.right.clientVersion);
    return isSome(refused) ? left(refused.value) : request;
  };

/**
 * Turns a form into a request: the first step of CamCOPS's `TabletSession(req)`, without asking a port. The refusals, in the order of
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
    checkForm(policy)(F.readForm(form));
