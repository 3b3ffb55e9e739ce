/** From a form to a reply, and to an outcome for the host's log, on one page. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import type { Task } from 'fp-ts/lib/Task.js';

import { admit, type Admission } from './admission.js';
import { askHost } from './ask-host.js';
import { defect, readFailure, type Defect, type Failure } from './failures.js';
import { handleRejection, kindOf, property } from './internal/shape.js';
import { summaryOfForm, summaryOfRequest, type RequestSummary, type TabletOutcome } from './outcome.js';
import { openSession } from './open-session.js';
import type { Device, User } from './ports.js';
import { unsupportedOperation } from './refusals/gates.js';
import * as R from './reply.js';
import type { EncodedReply, ReplySession } from './reply.js';
import type { SignInMethod } from './sign-in.js';
import { hasVersion, readForm, type Fields, type TabletForm } from './tablet-form.js';
import { checkForm } from './tablet-request.js';
import { ownHandlers, serverError, type Handler, type Handlers, type TabletServer } from './tablet-server.js';
import type { TabletSession } from './tablet-session.js';
import { userErrorMessage, type UserError } from './user-error.js';
import { defaultVersionPolicy } from './version-policy.js';

/** What to send to the tablet, and what to log. */
export interface TabletReply<E> extends EncodedReply {
  readonly outcome: TabletOutcome<E>;
}

/** What is known of a request so far. */
interface Known {
  readonly request: RequestSummary;
  readonly signIn: SignInMethod;
  readonly session: ReplySession;
}

const replyOf = <E>(
  { status, headers, body }: EncodedReply,
  { request, signIn }: Known,
  result: TabletOutcome<E>['result'],
): TabletReply<E> =>
  // Assigning is safe: the summary belongs to this request alone and is not used again.
  ({ status, headers, body, outcome: Object.assign(request, { signIn, result }) });

/** Asks the host's `messages` for the words of a refusal. */
const wordsBy = (messages: (error: UserError) => unknown, error: UserError): Either<Defect, string> => {
  try {
    const words = messages(error);
    if (typeof words === 'string') return right(words);
    handleRejection(words);
    return left(defect('messages', new TypeError(`messages must return a string, returned ${kindOf(words)}`)));
  } catch (thrown) {
    return left(defect('messages', thrown));
  }
};

const replyToFailure = <E>(words: (error: UserError) => string, failure: Failure<E>, known: Known): TabletReply<E> => {
  const { session } = known;
  if (failure.code === 'fault' || failure.code === 'defect') return replyOf(R.faultReply(session), known, failure);
  const message = wordsBy(words, failure);
  if (isLeft(message)) return replyOf(R.faultReply(session), known, message.left);
  return replyOf(R.encodeReply({ kind: 'refused', error: failure, message: message.right, session }), known, failure);
};

/** Admits a session to its operation and runs the handler, if this server has one. Returns the lines of the answer. */
const runHandler = async <E, F extends Fields, D extends Device, U extends User>(
  handlers: Handlers<E, F, D, U>,
  session: TabletSession<D, U>,
  form: TabletForm<F>,
): Promise<Either<Failure<E>, string>> => {
  const admission = admit(session);
  if (isLeft(admission)) return admission;
  const { operation } = admission.right;
  const own: Handlers<never> = ownHandlers;
  const handler = property(handlers, operation) ?? property(own, operation);
  if (handler === undefined) return left(unsupportedOperation(operation));
  // Admission and handler belong to the same operation, which TypeScript cannot see in two unions.
  const run = handler as Handler<Admission<D, U>, E, F>;
  return askHost(
    `the handler of ${operation}`,
    // Called as a method: some hosts' handlers use `this`.
    () => run.call(handlers, admission.right, form.fields),
    readFailure,
    R.readAnswer(operation),
  );
};

const serve = async <E, F extends Fields, D extends Device, U extends User>(
  server: TabletServer<E, F, D, U>,
  form: TabletForm<F>,
): Promise<TabletReply<E>> => {
  const { ports, handlers } = server;
  const versions = property(server, 'versions') ?? defaultVersionPolicy;
  const messages = property(server, 'messages') ?? userErrorMessage;
  const read = readForm(form);
  const checked = checkForm(versions)(read);
  if (isLeft(checked)) {
    const known: Known = { request: summaryOfForm(read), signIn: 'none', session: R.noSession };
    const error = checked.left;
    if (hasVersion(read)) return replyToFailure(messages, error, known);
    return replyOf(R.encodeReply({ kind: 'not-a-tablet', error }), known, error);
  }
  const request = summaryOfRequest(checked.right, versions);
  const { signIn, known: session, opened } = await openSession(ports, checked.right);
  const answered = isLeft(opened) ? opened : await runHandler(handlers, opened.right, form);
  const known: Known = { request, signIn, session };
  if (isLeft(answered)) return replyToFailure(messages, answered.left, known);
  return replyOf(R.servedReply(answered.right, session), known, { code: 'served' });
};

/** The reply when the server itself, not one of its functions, is broken. */
const brokenReply = (cause: unknown): TabletReply<never> =>
  replyOf(
    R.faultReply(R.noSession),
    { request: { deprecatedClient: false }, signIn: 'none', session: R.noSession },
    defect('handleTabletRequest', cause),
  );

/**
 * Serves one request of a tablet: checks the form, finds device and user, admits, calls the operation's handler, and encodes the
 * reply. Always resolves to a reply, whatever the form is and whatever a port or handler does. The status is 200 if served or
 * refused, 503 after a fault or defect, 400 if the request is not from a tablet, and 405 if it is not a POST. If the server cannot
 * work, because it has no ports for example, every reply is a defect that says so.
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
  const error = serverError(server);
  if (isSome(error)) return () => () => Promise.resolve(brokenReply(error.value));
  return (form) => () => serve(server, form).catch(brokenReply);
};
