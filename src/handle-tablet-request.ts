/** From a form to a reply, and to an outcome for the host's log, on one page. */
import { isLeft, isRight, left, map as mapRight, right, type Either } from 'fp-ts/lib/Either.js';
import { none } from 'fp-ts/lib/Option.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { admit, operations, type Admission, type AdmissionTo, type Operation } from './admission.js';
import { askable } from './ask-ports.js';
import { defect, problemOfFailure, type Defect, type Fault } from './failures.js';
import { ensureDeviceRegistered } from './gates.js';
import { ask } from './internal/ask-host.js';
import { aFunction, kindOf, maybe, objectOf, sentenceOf } from './internal/shape.js';
import { noSummary, summaryOfForm, summaryOfRequest, type RequestSummary, type TabletOutcome } from './outcome.js';
import type { Device, Ports, User } from './ports.js';
import { unsupportedOperation } from './refusals/gates.js';
import { encodeReply, noSession, problemOfAnswer, type Answer, type EncodedReply, type ReplySession } from './reply.js';
import { failedMethod, signIn, type SignInMethod } from './sign-in.js';
import { hasVersion, readForm, type Fields, type TabletForm } from './tablet-form.js';
import { checkForm } from './tablet-request.js';
import { findDevice, tabletSession } from './tablet-session.js';
import { userErrorMessage, type UserError } from './user-error.js';
import { aPolicy, defaultVersionPolicy, type VersionPolicy } from './version-policy.js';

/**
 * Does an operation for an admitted session. `fields` are the form's, unchanged. An expected failure is a left: a refusal, which
 * the tablet's user reads, or a `fault(cause)`. If the handler throws, rejects or answers anything else, that is a defect; the derived
 * handlers report one with their own words.
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

/** What a host hands in, once. */
export interface TabletServer<E, F extends Fields = Fields, D extends Device = Device, U extends User = User> {
  readonly ports: Ports<E, D, U>;
  readonly handlers: Handlers<E, F, D, U>;
  /** Which client versions are served; `>=2.0.0` if it is left out. */
  readonly versions?: VersionPolicy;
  /** The words of refusals, in another language for example; `userErrorMessage` if it is left out. */
  readonly messages?: (error: UserError) => string;
}

/** What to send to the tablet, and what to log. */
export interface TabletReply<E> extends EncodedReply {
  readonly outcome: TabletOutcome<E>;
}

/** The operations that the package answers itself, unless the host has a handler of its own. */
export const ownHandlers: Pick<
  Required<Handlers<never>>,
  'check_device_registered' | 'check_upload_user_and_device'
> = {
  check_device_registered:
    ({ session }) =>
    () =>
      Promise.resolve(mapRight(() => undefined)(ensureDeviceRegistered(session))),
  // Passing its gate is the whole answer.
  check_upload_user_and_device: () => () => Promise.resolve(right(undefined)),
};

/** Runs the handler of an admission's operation, if this server has one. The cases differ only in their types. */
const runHandler = <E, F extends Fields, D extends Device, U extends User>(
  handlers: Handlers<E, F, D, U>,
  admission: Admission<D, U>,
  { fields }: TabletForm<F>,
): TaskEither<UserError | Fault<E> | Defect, Answer> => {
  const run = <A extends Admission<D, U>>(handler: Handler<A, E, F> | undefined, admitted: A) =>
    handler === undefined
      ? () => Promise.resolve(left(unsupportedOperation(admitted.operation)))
      : // Called as a method: some hosts' handlers use `this`.
        handler.call(handlers, admitted, fields);
  const own: Handlers<never> = ownHandlers;
  // Stryker disable next-line ConditionalExpression,StringLiteral: below it would run the same, but for the types.
  if (admission.operation === 'register') return run(handlers.register, admission);
  switch (admission.privilege) {
    case 'anyone':
      return run(handlers[admission.operation] ?? own[admission.operation], admission);
    // Stryker disable next-line ConditionalExpression: the package answers none of these itself, so the next case does the same.
    case 'registration':
      return run(handlers[admission.operation], admission);
    case 'upload':
      return run(handlers[admission.operation] ?? own[admission.operation], admission);
  }
};

/** What is wrong with what a handler came to, whatever its types promised. */
const problemOfHandled = (handled: Either<unknown, unknown>): string | undefined =>
  isRight(handled) ? problemOfAnswer(handled.right) : problemOfFailure(handled.left);

/** The words of a refusal, if the host's own `messages` give any. */
const wordsOf = (messages: (error: UserError) => unknown, error: UserError): string | Defect => {
  try {
    const words = messages(error);
    return typeof words === 'string'
      ? words
      : defect('messages', new TypeError(`messages must give a string, gave ${kindOf(words)}`));
  } catch (thrown) {
    return defect('messages', thrown);
  }
};

const serve = async <E, F extends Fields, D extends Device, U extends User>(
  { ports, handlers, versions = defaultVersionPolicy, messages = userErrorMessage }: TabletServer<E, F, D, U>,
  form: TabletForm<F>,
): Promise<TabletReply<E>> => {
  const read = readForm(form);
  const checked = checkForm(versions)(read);
  const request = isLeft(checked) ? summaryOfForm(read) : summaryOfRequest(checked.right, versions);

  const failed = (failure: Fault<E> | Defect, method: SignInMethod, session: ReplySession): TabletReply<E> =>
    // Stryker disable next-line StringLiteral: a kind without a reply of its own is encoded as a fault.
    replyOf(encodeReply({ kind: 'fault', session }), request, method, failure);
  const refused = (error: UserError, method: SignInMethod, session: ReplySession): TabletReply<E> => {
    const message = wordsOf(messages, error);
    if (typeof message !== 'string') return failed(message, method, session);
    return replyOf(encodeReply({ kind: 'refused', error, message, session }), request, method, error);
  };

  if (isLeft(checked)) {
    if (hasVersion(read)) return refused(checked.left, 'none', noSession);
    return replyOf(encodeReply({ kind: 'not-a-tablet', error: checked.left }), request, 'none', checked.left);
  }
  // Side by side.
  const lookedUp = findDevice(ports, checked.right.deviceName);
  const signedIn = await signIn(ports, checked.right);
  const device = await lookedUp;
  if (isLeft(signedIn)) return failed(signedIn.left, failedMethod(checked.right), noSession);
  const { method, user, session: started } = signedIn.right;
  const opened = tabletSession(checked.right);
  // Still report a newly started session, or the tablet could not resume it.
  if (isLeft(device)) return failed(device.left, method, opened({ device: none, user, session: started }));
  const session = opened({ device: device.right, user, session: started });

  const admission = admit(session);
  if (isLeft(admission)) return refused(admission.left, method, session);
  const { operation } = admission.right;
  const where = `the handler of ${operation}`;
  const answered = await ask(where, problemOfHandled, () => runHandler(handlers, admission.right, form));
  if ('broken' in answered) return failed(defect(where, answered.broken), method, session);
  if (isLeft(answered)) {
    const failure = answered.left;
    if (failure.code === 'fault' || failure.code === 'defect') return failed(failure, method, session);
    return refused(failure, method, session);
  }
  const encoded = encodeReply({ kind: 'served', operation, answer: answered.right, session });
  return replyOf(encoded, request, method, { code: 'served' });
};

const replyOf = <E>(
  encoded: EncodedReply,
  request: RequestSummary,
  signIn: SignInMethod,
  result: TabletOutcome<E>['result'],
): TabletReply<E> => {
  const { status, headers, body } = encoded;
  // The summary is this request's own, and is not used again.
  return { status, headers, body, outcome: Object.assign(request, { signIn, result }) };
};

/** The reply when the server itself, not one of its functions, is broken. */
const brokenReply = (cause: unknown): TabletReply<never> =>
  replyOf(
    // Stryker disable next-line StringLiteral: a kind without a reply of its own is encoded as a fault.
    encodeReply({ kind: 'fault', session: noSession }),
    noSummary(),
    'none',
    defect('handleTabletRequest', cause),
  );

/** What a server must have to work at all, whatever its types promised. */
const workable = objectOf({
  ports: askable,
  handlers: objectOf(Object.fromEntries(operations.map((operation) => [operation, maybe(aFunction)]))),
  versions: maybe(aPolicy),
  messages: maybe(aFunction),
});

/** Why a server cannot work, if it cannot. */
const problemOfServer = (server: unknown): { readonly cause: unknown } | undefined => {
  try {
    const problem = workable(server);
    return problem === undefined ? undefined : { cause: new TypeError(sentenceOf('the server', problem)) };
  } catch (thrown) {
    return { cause: thrown };
  }
};

/**
 * Serves one request of a tablet: checks the form, looks up, admits, calls the operation's handler, and encodes the reply. It
 * always resolves to a reply, whatever the form is and whatever a port or handler does. Served and refused are HTTP 200, a fault
 * or defect is 503, a request that is not from a tablet is 400, or 405 if it is not a POST. If the server given cannot work, such as
 * one without ports, every reply is a defect that says so.
 *
 * @example
 * import { handleTabletRequest } from 'camcops-tablet-session';
 * import { none } from 'fp-ts/lib/Option.js';
 * import { of } from 'fp-ts/lib/TaskEither.js';
 *
 * const handle = handleTabletRequest({
 *   ports: { devices: { findDeviceByName: () => of(none) }, users: { authenticate: () => of(none) } },
 *   handlers: { register_patient: () => of('welcome') },
 * });
 * const post = (body: string) => handle({ method: 'POST', fields: new URLSearchParams(body) })();
 *
 * (await post('camcops_version=2.4.24&operation=register_patient')).body;
 * // 'result:welcome\nsuccess:1\nsession_id:\nsession_token:\n'
 * (await post('camcops_version=1.14&operation=register_patient')).body;
 * // 'success:0\nerror:Tablet CamCOPS version too old: is 1.14.0, need 2.0.0\nsession_id:\nsession_token:\n'
 */
export const handleTabletRequest = <E, F extends Fields = Fields, D extends Device = Device, U extends User = User>(
  server: TabletServer<E, F, D, U>,
): ((form: TabletForm<F>) => Task<TabletReply<E>>) => {
  const problem = problemOfServer(server);
  if (problem !== undefined) return () => () => Promise.resolve(brokenReply(problem.cause));
  return (form) => () => serve(server, form).catch(brokenReply);
};
