/** What the package makes of a request of the model's, in the model's words. */
import { isRight, left, match, right, type Either } from 'fp-ts/lib/Either.js';

import {
  admit,
  fault,
  handleTabletRequest,
  openTabletSession,
  parseTabletRequest,
  refused,
  userErrorMessage,
  versionPolicy,
  type Answer,
  type Fault,
  type Ports,
  type TabletForm,
  type TabletServer,
  type TabletSession,
  type UserError,
} from 'camcops-tablet-session';
import { inMemoryPorts, type PortCalls } from 'camcops-tablet-session/testing';
import { rightOf } from '../support/decoded.js';
import { plainSession } from '../support/plain-session.js';
import { untyped } from '../support/untyped.js';
import {
  modelRange,
  type ModelAnswer,
  type ModelForm,
  type ModelResult,
  type ModelServer,
  type ModelSession,
} from './model.js';

/** What of a model's result can be seen from outside. The privilege is that of the admission. */
export type Visible = Omit<ModelResult, 'signInRow' | 'isSessionOfAnother'>;

export const visible = ({ signInRow: _, isSessionOfAnother: __, ...result }: ModelResult): Visible => ({
  ...result,
  privilege: result.session !== null && result.admissionRefusal === null ? result.privilege : null,
});

const answered = (answer: ModelAnswer): Either<UserError | Fault<string>, Answer> => {
  if (answer.kind === 'refused') return left(refused(answer.message));
  if (answer.kind === 'fault') return left(fault('broken'));
  if (answer.kind === 'text') return right(answer.text);
  return right(answer.kind === 'fields' ? Object.fromEntries(answer.fields) : undefined);
};

const codeOf = (gate: Either<UserError, unknown>): string | null =>
  match(
    ({ code }: UserError) => code,
    () => null,
  )(gate);

const plain = (session: TabletSession): ModelSession => {
  const { isDeviceRegistered: _, ...said } = plainSession(session, codeOf);
  return said;
};

const nothingLogged = { operation: null, deviceName: null, username: null, clientVersion: null };

interface FreshServer {
  readonly server: TabletServer<string>;
  readonly calls: () => PortCalls;
  readonly handlerCalls: () => number;
}

/** Makes the package's server of a model's, with fresh ports each time. */
const freshServers = ({ world, policy, answers }: ModelServer): (() => FreshServer) => {
  const { newSession: firstSession, ...known } = world;
  const versions = rightOf(
    versionPolicy({
      supported: modelRange(policy.supported),
      ...(policy.deprecated.length > 0 && { deprecated: modelRange(policy.deprecated) }),
    }),
  );
  return () => {
    let handlerCalls = 0;
    const handlers = Object.fromEntries(
      answers.map(([operation, answer]) => [
        operation,
        () => {
          handlerCalls += 1;
          return () =>
            answer.kind === 'throws' ? Promise.reject(new Error('broken')) : Promise.resolve(answered(answer));
        },
      ]),
    );
    const { ports: all, calls } = inMemoryPorts({ ...known, firstSession });
    const { sessions, ...without } = all;
    const ports: Ports<never> = world.storesSessions ? { ...without, sessions } : without;
    return { server: { ports, handlers: untyped(handlers), versions }, calls, handlerCalls: () => handlerCalls };
  };
};

/** So that it is seen if the package changes what it is given. */
const deepFrozen = <A>(value: A): A => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Reflect.ownKeys(value)) deepFrozen(Reflect.get(value, key));
  }
  return value;
};

/** What the package makes of forms, given to one server. Parsing, opening and admitting apart, and the whole job. */
export const packageOf = (model: ModelServer): ((form: ModelForm) => Promise<Visible>) => {
  const fresh = freshServers(model);
  return async ({ method, pairs }) => {
    const form: TabletForm = deepFrozen(untyped({ method, fields: pairs }));
    const { server, calls, handlerCalls } = fresh();
    const { outcome, ...reply } = await handleTabletRequest(server)(form)();
    const result = {
      calls: calls(),
      handlerCalls: handlerCalls(),
      // Whole: a key that the model does not know is a difference.
      outcome: { ...nothingLogged, ...outcome, result: outcome.result.code },
      reply,
    };

    const bySteps = fresh();
    const { ports, versions } = bySteps.server;
    const request = parseTabletRequest(versions ?? untyped(undefined))(form);
    if (!isRight(request)) {
      const field = 'field' in request.left ? request.left.field : null;
      const refusal = { code: request.left.code, field };
      return { ...result, refusal, session: null, privilege: null, admissionRefusal: null };
    }
    const session = rightOf(await openTabletSession(ports)(deepFrozen(request.right))());
    const admission = admit(deepFrozen(session));
    return {
      ...result,
      refusal: null,
      session: plain(session),
      privilege: isRight(admission) ? admission.right.privilege : null,
      admissionRefusal: isRight(admission) ? null : userErrorMessage(admission.left),
      // Both ways must ask the ports as often; -1 is never right.
      calls:
        JSON.stringify(bySteps.calls()) === JSON.stringify(result.calls)
          ? result.calls
          : { ...result.calls, findDeviceByName: -1 },
    };
  };
};
