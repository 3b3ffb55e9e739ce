/** What became of a request, as a plain record for the host's log. It never holds a password or a token. */
import { getRight, isSome, some, type Option } from 'fp-ts/lib/Option.js';

import { parseClientVersion, type ClientVersion } from './client-version.js';
import type { Defect, Fault } from './failures.js';
import { DeviceName, OperationName, Username } from './names.js';
import type { SignInMethod } from './sign-in.js';
import type { ReadForm } from './tablet-form.js';
import type { TabletRequest } from './tablet-request.js';
import type { UserError } from './user-error.js';
import type { VersionPolicy } from './version-policy.js';

/** Who asked for what. A key is there only if its value was sent and matches its grammar. */
export interface RequestSummary {
  readonly operation?: OperationName;
  readonly deviceName?: DeviceName;
  readonly username?: Username;
  readonly clientVersion?: ClientVersion;
  /** Whether the policy deprecates the client's version. */
  readonly deprecatedClient: boolean;
}

/** For the host's log and metrics. `result.code` is `served`, a refusal's code, `fault` or `defect`. */
export interface TabletOutcome<E> extends RequestSummary {
  /** How somebody signed in. `failed`: a password or token was sent, and nobody is signed in. */
  readonly signIn: SignInMethod;
  readonly result: { readonly code: 'served' } | UserError | Fault<E> | Defect;
}

type Writable<A> = { -readonly [K in keyof A]: A[K] };
type Summarized = Pick<TabletRequest, 'operation' | 'deviceName' | 'username'>;

const summary = (
  { operation, deviceName, username }: Summarized,
  clientVersion: Option<ClientVersion>,
  deprecatedClient: boolean,
): RequestSummary => {
  const known: Writable<RequestSummary> = { deprecatedClient };
  if (isSome(operation)) known.operation = operation.value;
  if (isSome(deviceName)) known.deviceName = deviceName.value;
  if (isSome(username)) known.username = username.value;
  if (isSome(clientVersion)) known.clientVersion = clientVersion.value;
  return known;
};

/** Returns what may be logged of a refused form. */
export const summaryOfForm = ({ sent }: ReadForm): RequestSummary => {
  const operation = getRight(OperationName.decode(sent.operation));
  const deviceName = getRight(DeviceName.decode(sent.device));
  const username = getRight(Username.decode(sent.user));
  return summary({ operation, deviceName, username }, getRight(parseClientVersion(sent.camcops_version)), false);
};

export const summaryOfRequest = (request: TabletRequest, { isDeprecated }: VersionPolicy): RequestSummary =>
  summary(request, some(request.clientVersion), isDeprecated(request.clientVersion));
