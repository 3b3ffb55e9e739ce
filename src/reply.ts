/** The reply as tablets read it: lines of `key:value`, which no value can forge. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none } from 'fp-ts/lib/Option.js';

import type { Operation } from './admission.js';
import { kindOf, mustBe, type Problem } from './internal/shape.js';
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
  | { readonly kind: 'served'; readonly operation: Operation; readonly answer: Answer; readonly session: ReplySession }
  | {
      readonly kind: 'refused';
      readonly error: UserError;
      /** The words to show. If left out, `userErrorMessage` gives them. */
      readonly message?: string;
      readonly session: ReplySession;
    }
  /** Refused without any `camcops_version`: the client is not a tablet, so HTTP's own status tells it. */
  | { readonly kind: 'not-a-tablet'; readonly error: UserError }
  | { readonly kind: 'fault'; readonly session: ReplySession };

/** What to send: three values to copy into an HTTP response. */
export interface EncodedReply {
  readonly status: 200 | 400 | 405 | 503;
  /** `content-type`, `cache-control`, and `allow` with 405. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Nobody is signed in, or no session was opened. */
export const noSession: ReplySession = { sessionId: none, sessionToken: none };

const keyGrammar = /^[A-Za-z0-9_]+$/;
const badKey: Problem = { field: 'a key of the answer', rule: 'must be letters, digits and underscores' };
const reservedKeys: ReadonlySet<string> = new Set(['success', 'session_id', 'session_token']);

/** Returns whether a value is a plain object. A map or promise would look like a record without fields, and its content would be lost. */
const isPlain = (answer: unknown): answer is Readonly<Record<string, unknown>> => {
  if (kindOf(answer) !== 'an object') return false;
  const prototype: unknown = Object.getPrototypeOf(answer);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** A line ends at LF; some readers end it at CR too. */
const lineEnd = /[\r\n]/;
const onOneLine = (value: string): string =>
  lineEnd.test(value) ? value.replaceAll('\r', '\\r').replaceAll('\n', '\\n') : value;

const line = (key: string, value: string): string => `${key}:${onOneLine(value)}\n`;

const sessionLines = ({ sessionId, sessionToken }: ReplySession): string =>
  line('session_id', isSome(sessionId) ? String(sessionId.value) : '') +
  line('session_token', isSome(sessionToken) ? sessionToken.value.reveal() : '');

const errorLines = (message: string): string => `success:0\n${line('error', message.replaceAll('\\', '\\\\'))}`;

/** Returns the lines of a handler's answer, whatever its type promises, or why no tablet can be told it. Reads the answer once. */
export const readAnswer =
  (operation: Operation) =>
  (answer: unknown): Either<Problem, string> => {
    if (answer === undefined) return right(line('result', operation));
    if (typeof answer === 'string') return right(line('result', answer));
    if (!isPlain(answer)) return mustBe('undefined, a string or a plain object of strings', answer);
    let lines = '';
    for (const [key, value] of Object.entries(answer)) {
      if (!keyGrammar.test(key)) return left(badKey);
      if (reservedKeys.has(key)) return left({ field: key, rule: 'is reserved: the package writes it' });
      if (typeof value !== 'string') return mustBe('a string', value, key);
      lines += line(key, value);
    }
    return right(lines);
  };

const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } as const;

/** Makes the reply to a served request, from the lines of its answer. */
export const servedReply = (lines: string, session: ReplySession): EncodedReply => {
  return { status: 200, headers, body: `${lines}success:1\n${sessionLines(session)}` };
};

/** Makes the reply when the server is at fault. */
export const faultReply = (session: ReplySession): EncodedReply => {
  return { status: 503, headers, body: errorLines('Server error') + sessionLines(session) };
};

/**
 * Encodes a reply. CR and LF within values are written `\r` and `\n`; in `error` the backslash is doubled first, so that no value
 * can forge a line. An answer with a malformed or reserved key is encoded as a fault.
 *
 * @example
 * import { encodeReply, unregisteredDevice } from 'camcops-tablet-session';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const session = { sessionId: none, sessionToken: none };
 * encodeReply({ kind: 'served', operation: 'register', answer: 'welcome', session }).body;
 * // 'result:welcome\nsuccess:1\nsession_id:\nsession_token:\n'
 * encodeReply({ kind: 'refused', error: unregisteredDevice, session }).body;
 * // 'success:0\nerror:Unregistered device\nsession_id:\nsession_token:\n'
 */
export const encodeReply = (reply: Reply): EncodedReply => {
  if ((reply.kind === 'refused' || reply.kind === 'not-a-tablet') && reply.error.code === 'not-post') {
    return { status: 405, headers: { ...headers, allow: 'POST' }, body: `${userErrorMessage(reply.error)}\n` };
  }
  if (reply.kind === 'not-a-tablet') return { status: 400, headers, body: `${userErrorMessage(missingVersion)}\n` };
  if (reply.kind === 'refused') {
    const { error, message = userErrorMessage(error), session } = reply;
    return { status: 200, headers, body: errorLines(message) + sessionLines(session) };
  }
  const lines = reply.kind === 'served' ? readAnswer(reply.operation)(reply.answer) : left(undefined);
  return isLeft(lines) ? faultReply(reply.session) : servedReply(lines.right, reply.session);
};
