/** From a form to a reply, and to an outcome for the host's log, on one page. */
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { none } from 'fp-ts/lib/Option.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { admit, type Admission, type AdmissionTo, type Operation } from './admission.js';
import { ensureDeviceRegistered } from './gates.js';
import { ask } from './internal/ask-host.js';
import {
  fault,
  isFault,
  noSummary,
  summaryOfForm,
  summaryOfRequest,
  type Fault,
  type RequestSummary,
  type TabletOutcome,
} from './outcome.js';
import type { Device, Ports } from './ports.js';
import { unsupportedOperation } from './refusals/gates.js';
import { encodeReply, isAnswer, noSession, type Answer, type EncodedReply, type ReplySession } from './reply.js';
import { hasVersion, readForm, type Fields, type ReadForm, type TabletForm } from './tablet-form.js';
import { checkForm } from './tablet-request.js';
import { lookUpBoth, tabletSession } from './tablet-session.js';
import { isUserError, type UserError } from './user-error.js';
import { defaultVersionPolicy, type VersionPolicy } from './version-policy.js';

/** Does an operation for an admitted session. `fields` are the form's, unchanged. If it throws or rejects, that is a fault. */
export type Handler<A, E, F extends Fields = Fields> = (
  admission: A,
  fields: F,
) => TaskEither<UserError | Fault<E>, Answer>;

/**
 * The operations that a server does, each with the admission that it demands. If they are left out, the package itself answers
 * `check_device_registered` and `check_upload_user_and_device`; the others are refused as `unsupported-operation`.
 */
export type Handlers<E, F extends Fields = Fields, D extends Device = Device> = {
  readonly [O in Operation]?: Handler<AdmissionTo<O, D>, E, F>;
};

/** What a host hands in, once. */
export interface TabletServer<E, F extends Fields = Fields, D extends Device = Device> {
  readonly ports: Ports<E, D>;
  readonly handlers: Handlers<E, F, D>;
  /** Which client versions are served; `>=2.0.0` if it is left out. */
  readonly versions?: VersionPolicy;
}

/** What to send to the tablet, and what to log. */
export interface TabletReply<E> extends EncodedReply {
  readonly outcome: TabletOutcome<E>;
}

/** The operations that the package answers itself, unless the host has a handler of its own. */
const ownHandlers: Handlers<never> = {
  check_device_registered:
    ({ session }) =>
    () => {
      const device = ensureDeviceRegistered(session);
      return Promise.resolve(isLeft(device) ? device : right(undefined));
    },
  // Passing its gate is the whole answer.
  check_upload_user_and_device: () => () => Promise.resolve(right(undefined)),
};

/** Runs the handler of an admission's operation, if this server has one. The cases differ only in their types. */
const runHandler = <E, F extends Fields, D extends Device>(
  handlers: Handlers<E, F, D>,
  admission: Admission<D>,
  form: TabletForm<F>,
): ReturnType<Handler<Admission<D>, E, F>> => {
  const run = <A extends Admission<D>>(handler: Handler<A, E, F> | undefined, admitted: A) =>
    handler === undefined
      ? () => Promise.resolve(left(unsupportedOperation(admitted.operation)))
      : // Called as a method: some hosts' handlers use `this`.
        handler.call(handlers, admitted, form.fields);
  switch (admission.privilege) {
    case 'anyone':
      return run(handlers[admission.operation] ?? ownHandlers[admission.operation], admission);
    case 'registration':
      return run(handlers[admission.operation], admission);
    case 'upload':
      return run(handlers[admission.operation] ?? ownHandlers[admission.operation], admission);
  }
};

const replyOf = <E>(
  { status, body }: EncodedReply,
  request: RequestSummary,
  result: TabletOutcome<E>['result'],
): TabletReply<E> => ({ status, body, outcome: { ...request, result } });

const refusalReply = (request: RequestSummary, error: UserError, session: ReplySession): TabletReply<never> =>
  replyOf(encodeReply({ kind: 'refused', error, session }), request, error);

const formRefusalReply = (form: ReadForm, error: UserError): TabletReply<never> =>
  hasVersion(form)
    ? refusalReply(summaryOfForm(form), error, noSession)
    : replyOf(encodeReply({ kind: 'not-a-tablet', error }), summaryOfForm(form), error);

const faultReply = <E>(request: RequestSummary, cause: E, session: ReplySession): TabletReply<E> =>
  replyOf(encodeReply({ kind: 'fault', session }), request, fault(cause));

const serve = async <E, F extends Fields, D extends Device>(
  { ports, handlers, versions = defaultVersionPolicy }: TabletServer<E, F, D>,
  form: TabletForm<F>,
): Promise<TabletReply<E>> => {
  const read = readForm(form);
  const checked = checkForm(versions)(read);
  if (isLeft(checked)) return formRefusalReply(read, checked.left);
  const request = summaryOfRequest(checked.right, versions);

  const { device, signedIn } = await lookUpBoth(ports, checked.right);
  if (isLeft(signedIn)) return faultReply(request, signedIn.left, noSession);
  const opened = tabletSession(checked.right);
  // Still report a newly started session, or the tablet could not resume it.
  if (isLeft(device)) return faultReply(request, device.left, opened({ device: none, ...signedIn.right }));
  const session = opened({ device: device.right, ...signedIn.right });

  const admission = admit(session);
  if (isLeft(admission)) return refusalReply(request, admission.left, session);
  const { operation } = admission.right;
  const thrown = (cause: E) => left(fault(cause));
  const handled = ask(`The handler of ${operation}`, isAnswer, () => runHandler(handlers, admission.right, form));
  const answered = await handled.catch(thrown);
  if (isLeft(answered)) {
    const failure = answered.left;
    if (isFault(failure)) return faultReply(request, failure.cause, session);
    return isUserError(failure) ? refusalReply(request, failure, session) : faultReply(request, failure, session);
  }
  const encoded = encodeReply({ kind: 'served', operation, answer: answered.right, session });
  return replyOf(encoded, request, { code: 'served' });
};

/** The last resort, when a host's objects throw where nothing was asked of them: a refusal whose getters throw, for example. */
const brokenReply = <E>(cause: E): TabletReply<E> => faultReply(noSummary, cause, noSession);

/**
 * Serves one request of a tablet: checks the form, looks up, admits, calls the operation's handler, and encodes the reply. It
 * always resolves to a reply, whatever the form is and whatever a port or handler does. Served and refused are HTTP 200, a fault
 * is 503, a request that is not from a tablet is 400, or 405 if it is not a POST.
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
export const handleTabletRequest =
  <E, F extends Fields = Fields, D extends Device = Device>(server: TabletServer<E, F, D>) =>
  (form: TabletForm<F>): Task<TabletReply<E>> =>
  () =>
    serve(server, form).catch(brokenReply);
