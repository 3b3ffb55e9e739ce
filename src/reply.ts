/** The reply as tablets read it: lines of `key:value`, which no value can forge. */
import { isSome, none } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import type { Operation } from './admission.js';
import { missingVersion } from './refusals/form.js';
import type { TabletSession } from './tablet-session.js';
import { userErrorMessage, type UserError } from './user-error.js';

/**
 * What a handler answers: `undefined` for the generic success (`result:OPERATION`), a string for `result:STRING`, or the fields of
 * the reply. Keys match `[A-Za-z0-9_]+`, and none is `success`, `session_id` or `session_token`.
 */
export type Answer = undefined | string | Readonly<Record<string, string>>;

/** The session's id and token, if they are known: a `TabletSession` has them. */
export type ReplySession = Pick<TabletSession, 'sessionId' | 'sessionToken'>;

/** What to tell a tablet. */
export type Reply =
  | {
      readonly kind: 'served';
      readonly operation: Operation;
      readonly answer: Answer;
      readonly session: ReplySession;
    }
  | {
      readonly kind: 'refused';
      readonly error: UserError;
      readonly session: ReplySession;
    }
  /** Refused, and no `camcops_version` was sent: the client is not a tablet, and HTTP's own status tells it so. */
  | { readonly kind: 'not-a-tablet'; readonly error: UserError }
  | { readonly kind: 'fault'; readonly session: ReplySession };

/** What to send: an HTTP status, and a body of `text/plain; charset=utf-8`. */
export interface EncodedReply {
  readonly status: 200 | 400 | 405 | 503;
  readonly body: string;
}

/** Nobody is signed in, or no session was opened. */
export const noSession: ReplySession = { sessionId: none, sessionToken: none };

const keyGrammar = /^[A-Za-z0-9_]+$/;
const reservedKeys: ReadonlySet<string> = new Set(['success', 'session_id', 'session_token']);
const TextFields = t.record(t.string, t.string);

/** A plain object of any realm. A map or a promise would look like a record without fields, and its content would be lost. */
const isPlain = (answer: unknown): boolean => {
  const prototype: unknown = Object.getPrototypeOf(Object(answer));
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** Whether a handler's answer can be told to a tablet. */
export const isAnswer = (answer: unknown): answer is Answer =>
  answer === undefined ||
  typeof answer === 'string' ||
  (isPlain(answer) &&
    TextFields.is(answer) &&
    Object.keys(answer).every((key) => keyGrammar.test(key) && !reservedKeys.has(key)));

/** A line ends at LF; some readers end it at CR too. */
const onOneLine = (value: string): string => value.replaceAll('\r', '\\r').replaceAll('\n', '\\n');

const line = (key: string, value: string): string => `${key}:${onOneLine(value)}\n`;

const sessionLines = ({ sessionId, sessionToken }: ReplySession): string =>
  line('session_id', isSome(sessionId) ? String(sessionId.value) : '') +
  line('session_token', isSome(sessionToken) ? sessionToken.value.reveal() : '');

const errorLines = (message: string): string => `success:0\n${line('error', message.replaceAll('\\', '\\\\'))}`;

const answerLines = (answer: Answer, operation: Operation): string =>
  typeof answer === 'object'
    ? Object.entries(answer).reduce((lines, [key, value]) => lines + line(key, value), '')
    : line('result', answer ?? operation);

/**
 * Encodes a reply. CR and LF within values are written `\r` and `\n`; in `error` the backslash is doubled first. An answer with a
 * malformed or reserved key is encoded as a fault.
 *
 * @example
 * import { encodeReply, unregisteredDevice } from 'camcops-tablet-session';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const session = { sessionId: none, sessionToken: none };
 * encodeReply({ kind: 'served', operation: 'register', answer: 'welcome', session });
 * // { status: 200, body: 'result:welcome\nsuccess:1\nsession_id:\nsession_token:\n' }
 * encodeReply({ kind: 'refused', error: unregisteredDevice, session });
 * // { status: 200, body: 'success:0\nerror:Unregistered device\nsession_id:\nsession_token:\n' }
 */
export const encodeReply = (reply: Reply): EncodedReply => {
  if (reply.kind !== 'served' && reply.kind !== 'fault' && reply.error.code === 'not-post') {
    return { status: 405, body: `${userErrorMessage(reply.error)}\n` };
  }
  if (reply.kind === 'not-a-tablet') return { status: 400, body: `${userErrorMessage(missingVersion)}\n` };
  const { session } = reply;
  if (reply.kind === 'refused') {
    return { status: 200, body: errorLines(userErrorMessage(reply.error)) + sessionLines(session) };
  }
  if (reply.kind === 'served' && isAnswer(reply.answer)) {
    const { answer, operation } = reply;
    return { status: 200, body: `${answerLines(answer, operation)}success:1\n${sessionLines(session)}` };
  }
  return { status: 503, body: errorLines('Server error') + sessionLines(session) };
};
