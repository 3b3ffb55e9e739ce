/** The text that tablets read: lines of `key:value`, which no value can forge. */
import { isSome, none } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import type { Operation } from './operations.js';
import type { TabletSession } from './tablet-session.js';
import { missingVersion, userErrorMessage, type UserError } from './user-error.js';

/**
 * What a handler answers: nothing, for the generic success (`result:OPERATION`); a text, for `result:TEXT`; or the fields of the
 * reply, in the order of their keys. Keys are of `[A-Za-z0-9_]+`, and none is `success`, `session_id` or `session_token`.
 */
export type Answer = undefined | string | Readonly<Record<string, string>>;

/** The session's id and token, as far as they are known: a `TabletSession` has them. */
export type ReplySession = Pick<TabletSession, 'sessionId' | 'sessionToken'>;

/** What to tell a tablet (DESIGN.md, section 10). */
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
      /** Whether a `camcops_version` was sent: what sends none is no tablet, and is told so by an HTTP status. */
      readonly fromTablet: boolean;
      readonly session: ReplySession;
    }
  | { readonly kind: 'fault'; readonly session: ReplySession };

/** What to send: an HTTP status, and a body of `text/plain; charset=utf-8`. */
export interface EncodedReply {
  readonly status: 200 | 400 | 405 | 503;
  readonly body: string;
}

/** Nobody is signed in, or no session was opened. */
export const noSession: ReplySession = { sessionId: none, sessionToken: none };

const keyGrammar = /^[A-Za-z0-9_]+$/;
const ourKeys: ReadonlySet<string> = new Set(['success', 'session_id', 'session_token']);
const TextFields = t.record(t.string, t.string);

/** A plain object, of whatever realm. A map or a promise would pass for a record without fields, and what it holds be lost. */
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
    Object.keys(answer).every((key) => keyGrammar.test(key) && !ourKeys.has(key)));

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
 * The text of a reply (DESIGN.md, section 10). CR and LF within values are written `\r` and `\n`; in `error` the backslash is
 * doubled first. An answer with a key that is none, or is not its own to give, is told as a fault.
 *
 * @example
 * import { encodeReply, unregisteredDevice } from 'camcops-tablet-session';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const session = { sessionId: none, sessionToken: none };
 * encodeReply({ kind: 'served', operation: 'register', answer: 'welcome', session });
 * // { status: 200, body: 'result:welcome\nsuccess:1\nsession_id:\nsession_token:\n' }
 * encodeReply({ kind: 'refused', error: unregisteredDevice, fromTablet: true, session });
 * // { status: 200, body: 'success:0\nerror:Unregistered device\nsession_id:\nsession_token:\n' }
 */
export const encodeReply = (reply: Reply): EncodedReply => {
  const { session } = reply;
  if (reply.kind === 'refused') {
    const { error, fromTablet } = reply;
    if (error.code === 'not-post') return { status: 405, body: `${userErrorMessage(error)}\n` };
    if (!fromTablet) return { status: 400, body: `${userErrorMessage(missingVersion)}\n` };
    return { status: 200, body: errorLines(userErrorMessage(error)) + sessionLines(session) };
  }
  if (reply.kind === 'served' && isAnswer(reply.answer)) {
    const { answer, operation } = reply;
    return { status: 200, body: `${answerLines(answer, operation)}success:1\n${sessionLines(session)}` };
  }
  return { status: 503, body: errorLines('Server error') + sessionLines(session) };
};
