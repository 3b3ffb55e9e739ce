/** A host's server: its ports and handlers, and what they lack. */
import { isLeft, left, map as mapRight, right } from 'fp-ts/lib/Either.js';
import { map as mapOption, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { operations, type AdmissionTo, type Operation } from './admission.js';
import { askable } from './ask-ports.js';
import type { Defect, Fault } from './failures.js';
import { ensureDeviceRegistered } from './gates.js';
import { aFunction, errorOf, isObject, maybe, objectOf, shape, type Check, type Problem } from './internal/shape.js';
import type { Device, Ports, User } from './ports.js';
import type { Answer } from './reply.js';
import type { Fields } from './tablet-form.js';
import type { UserError } from './user-error.js';
import type { VersionPolicy } from './version-policy.js';

/**
 * Does an operation for an admitted session. `fields` are the form's, unchanged. An expected failure is a left: a refusal, which
 * the tablet's user reads, or a `fault(cause)`. If the handler throws, rejects or answers anything else, that is a
 * defect; the handlers of `operationHandlers` say in their own words what went wrong.
 */
export type Handler<A, E, F extends Fields = Fields> = (
  admission: A,
  fields: F,
) => TaskEither<UserError | Fault<E> | Defect, Answer>;

/**
 * The operations that a server does, each with the admission that it demands. If they are left out, the package itself answers
 * `check_device_registered` and `check_upload_user_and_device`; the others are refused as `unsupported-operation`.
 */
export type Handlers<E, F extends Fields = Fields, D extends Device = Device, U extends User = User> = {
  readonly [O in Operation]?: Handler<AdmissionTo<O, D, U>, E, F>;
};

/** A host's server, given once. */
export interface TabletServer<E, F extends Fields = Fields, D extends Device = Device, U extends User = User> {
  readonly ports: Ports<E, D, U>;
  readonly handlers: Handlers<E, F, D, U>;
  /** Which client versions are served; `>=2.0.0` if it is left out. */
  readonly versions?: VersionPolicy;
  /** The words of refusals, in another language for example; `userErrorMessage` if it is left out. */
  readonly messages?: (error: UserError) => string;
}

/** The operations that the package answers itself, unless the host has a handler of its own. */
export const ownHandlers = {
  check_device_registered:
    ({ session }) =>
    () =>
      Promise.resolve(mapRight(() => undefined)(ensureDeviceRegistered(session))),
  // Both operations only ask whether they are admitted.
  check_upload_user_and_device: () => () => Promise.resolve(right(undefined)),
} satisfies Handlers<never>;

// What a server lacks

const hostProblem: unique symbol = Symbol.for('camcops-tablet-session: what is wrong with the host');

/**
 * Marks the handlers of a host that cannot work. Then no handler runs, not even one added to them, and each reply tells the problem.
 * The mark's key is a symbol because `{ ...handlers, upload_table: mine }` keeps symbols.
 */
export const markHandlers =
  (problem: Problem) =>
  <H extends object>(handlers: H): H => ({ ...handlers, [hostProblem]: problem });

/** Checks a policy, whatever its type promises: the most common mistake is to pass the whole `Either`. */
const aPolicy = shape(
  'the right of versionPolicy(config)',
  (policy) => isObject(policy) && 'refusal' in policy && 'isDeprecated' in policy,
);

const serverForm = objectOf({
  ports: askable,
  handlers: objectOf(Object.fromEntries(operations.map((operation) => [operation, maybe(aFunction)]))),
  versions: maybe(aPolicy),
  messages: maybe(aFunction),
});

const checkServer: Check = (server) => {
  const checked = serverForm(server);
  if (isLeft(checked) || !isObject(server) || !isObject(server['handlers'])) return checked;
  const marked: { readonly [hostProblem]?: Problem } = server['handlers'];
  return marked[hostProblem] === undefined ? checked : left(marked[hostProblem]);
};

/** Returns why a server cannot work, whatever its types promise: the error of each of its replies. */
export const serverError = errorOf('the server', checkServer);

/**
 * Returns why a server cannot work, in the words of the defect that each reply would be; `none` if nothing is missing. Ask when the server
 * starts. If the handlers come from `operationHandlers`, the words also tell what the `TabletHost` lacks.
 *
 * @example
 * import { serverProblem } from 'camcops-tablet-session';
 * import { inMemoryPorts } from 'camcops-tablet-session/testing';
 *
 * const { ports } = inMemoryPorts({});
 * serverProblem({ ports, handlers: {} }); // none
 * const { users, ...others } = ports;
 * serverProblem({ ports: others, handlers: {} }); // some('ports.users must be an object, was undefined')
 */
export const serverProblem = (server: unknown): Option<string> =>
  mapOption(({ message }: TypeError) => message)(serverError(server));
