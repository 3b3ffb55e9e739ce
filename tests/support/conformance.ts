/** Recorded requests, and what the package answers to them through its public names. */
import type { PathLike } from 'node:fs';
import { isLeft, match, right, type Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

import {
  handleTabletRequest,
  openTabletSession,
  parseTabletRequest,
  userErrorMessage,
  versionPolicy,
  type Handlers,
  type UserError,
} from 'camcops-tablet-session';
import type { PortCalls } from 'camcops-tablet-session/testing';
import { modelOperations } from '../proof/model.js';
import { decoded, rightOf } from './decoded.js';
import { plainSession } from './plain-session.js';
import { asOne, recordingsOf, runFile, type Result } from './recorded-file.js';
import { portsOf, type World } from './world.js';

const nullable = <C extends t.Mixed>(codec: C) => t.union([codec, t.null]);

const ExpectedSession = t.strict({
  operation: nullable(t.string),
  deviceName: nullable(t.string),
  username: nullable(t.string),
  clientVersion: t.string,
  sessionId: nullable(t.number),
  sessionToken: nullable(t.string),
  userId: nullable(t.number),
  deviceId: nullable(t.number),
  isDeviceRegistered: t.boolean,
  copeWithDeletedPatientDescriptors: t.boolean,
  copeWithOldIdNums: t.boolean,
  explicitPkNameForUploadTable: t.boolean,
  pkNameInUploadTableNeitherFirstNorExplicit: t.boolean,
  ensureDeviceRegistered: nullable(t.string),
  ensureValidUserForDeviceRegistration: nullable(t.string),
  ensureValidDeviceAndUserForUploading: nullable(t.string),
});

const RecordedRequest = t.type({
  id: t.string,
  method: t.string,
  minimumClientVersion: t.string,
  fields: t.array(t.tuple([t.string, t.unknown])),
  expect: t.intersection([
    t.type({ reply: t.intersection([t.type({ status: t.number }), t.partial({ body: t.string })]) }),
    t.partial({
      refused: t.intersection([t.type({ code: t.string }), t.partial({ field: t.string })]),
      session: ExpectedSession,
    }),
  ]),
});

export type RecordedRequest = t.TypeOf<typeof RecordedRequest>;

export const recordedRequests = (file: PathLike): readonly RecordedRequest[] =>
  recordingsOf(file).map((request) => decoded(RecordedRequest, request));

/** Every operation but the two that the package answers by itself. */
const handlers: Handlers<never> = Object.fromEntries(
  modelOperations
    .filter((name) => !name.startsWith('check_'))
    .map((name) => [name, () => () => Promise.resolve(right(undefined))] as const),
);

const refusalOf = (gate: Either<UserError, unknown>): string | null => match(userErrorMessage, () => null)(gate);

const noCalls: PortCalls = { findDeviceByName: 0, authenticate: 0, findSession: 0, startSession: 0 };

const sentIn =
  ({ fields }: RecordedRequest) =>
  (name: string): string => {
    const value = fields.find(([field]) => field === name)?.[1];
    return typeof value === 'string' ? value : '';
  };

const isSessionId = (text: string): boolean =>
  /^[+-]?[0-9]+$/.test(text) && Number(text) > 0 && Number.isSafeInteger(Number(text));

/** The port calls that sign-in may cost, told from what was sent and what is expected of it. */
const lawfulCalls = (recorded: RecordedRequest, session: t.TypeOf<typeof ExpectedSession>, world: World): PortCalls => {
  const sent = sentIn(recorded);
  const started = session.sessionId === world.newSession.id;
  const resumed = session.sessionId !== null && !started;
  return {
    findDeviceByName: session.deviceName === null ? 0 : 1,
    authenticate: !resumed && sent('user') !== '' && sent('password') !== '' ? 1 : 0,
    findSession: sent('user') !== '' && isSessionId(sent('session_id')) && sent('session_token') !== '' ? 1 : 0,
    startSession: started ? 1 : 0,
  };
};

interface Answer {
  readonly refused?: { readonly code: string; readonly field?: string };
  readonly session?: t.TypeOf<typeof ExpectedSession>;
  readonly calls: PortCalls;
  readonly reply: { readonly status: number; readonly body: string };
}

const answerTo = async (recorded: RecordedRequest, world: World): Promise<Answer> => {
  const versions = rightOf(versionPolicy({ supported: `>=${recorded.minimumClientVersion}` }));
  const form = { method: recorded.method, fields: recorded.fields };
  const { status, body } = await handleTabletRequest({ ports: portsOf(world).ports, handlers, versions })(form)();
  const reply = { status, body };

  const request = parseTabletRequest(versions)(form);
  if (isLeft(request)) {
    const { code } = request.left;
    const field = 'field' in request.left ? { field: request.left.field } : {};
    return { refused: { code, ...field }, calls: noCalls, reply };
  }
  const { ports, calls } = portsOf(world);
  const session = rightOf(await openTabletSession(ports)(request.right)());
  return { session: plainSession(session, refusalOf), calls: calls(), reply };
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const told = ({ status, body }: { readonly status: number; readonly body?: string | undefined }): string =>
  `${String(status)} ${JSON.stringify(body)}`;

/** A body that a recording leaves to the package's words must still be a refusal without a session. */
const isWordedRefusal = (body: string): boolean =>
  /^success:0\nerror:[^\n]+\nsession_id:\nsession_token:\n$/.test(body);

/** What differs between a recorded answer and ours, a line each; empty if nothing does. */
const mismatchesOf = async (recorded: RecordedRequest, world: World): Promise<readonly string[]> => {
  const { refused = null, session = null, reply } = recorded.expect;
  const answer = await answerTo(recorded, world);
  const lines: string[] = [];
  const compare = (what: string, expected: unknown, actual: unknown): void => {
    if (!same(expected, actual)) {
      lines.push(`${recorded.id}: ${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
    }
  };

  compare('refused', refused, answer.refused ?? null);
  if (session === null || answer.session === undefined) {
    compare('session', session, answer.session ?? null);
  } else {
    for (const [name, value] of Object.entries(answer.session)) {
      compare(name, Object.entries(session).find(([key]) => key === name)?.[1], value);
    }
    compare('port calls', lawfulCalls(recorded, session, world), answer.calls);
  }
  const bodyMatches = reply.body === undefined ? isWordedRefusal(answer.reply.body) : reply.body === answer.reply.body;
  if (reply.status !== answer.reply.status || !bodyMatches) {
    lines.push(`${recorded.id}: reply: expected ${told(reply)}, got ${told(answer.reply)}`);
  }
  return lines;
};

/** Runs a file of requests. */
export const runRecordedRequests = (file: string, world: World): Promise<Result> =>
  runFile(file, 'requests', async (request) => asOne(await mismatchesOf(decoded(RecordedRequest, request), world)));
