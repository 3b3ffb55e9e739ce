import { none, some } from 'fp-ts/lib/Option.js';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

import {
  encodeReply,
  missingVersion,
  notPost,
  refused,
  secret,
  unregisteredDevice,
  type Answer,
  type ReplySession,
} from '../src/index.js';
import { readReply } from '../examples/tablets-day/tablet.js';
import { untyped } from './support/untyped.js';

const noSession: ReplySession = { sessionId: none, sessionToken: none };
const session: ReplySession = { sessionId: some(501), sessionToken: some(secret('dG9rZW4+/w==')) };

const served = (answer: Answer) => encodeReply({ kind: 'served', operation: 'register', answer, session });
const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
const fault = {
  status: 503,
  headers,
  body: 'success:0\nerror:Server error\nsession_id:501\nsession_token:dG9rZW4+/w==\n',
};

describe('a served reply', () => {
  const end = 'success:1\nsession_id:501\nsession_token:dG9rZW4+/w==\n';

  it.each([
    ['nothing', undefined, 'result:register\n'],
    ['a text', 'welcome', 'result:welcome\n'],
    ['a blank text', '', 'result:\n'],
    ['fields, in their order', { zulu: '1', alpha: 'a:b', A_9: '' }, 'zulu:1\nalpha:a:b\nA_9:\n'],
    ['no fields', {}, ''],
    ['fields without a prototype', Object.assign(untyped(Object.create(null)), { a: 'b' }), 'a:b\n'],
    ['fields from another realm', untyped(runInNewContext("({ a: 'b' })")), 'a:b\n'],
    ['lines in values', { a: 'x\nsuccess:0', b: '\r\n', c: '\\n' }, 'a:x\\nsuccess:0\nb:\\r\\n\nc:\\n\n'],
    ['lines in a text', 'x\r\nsession_token:forged', 'result:x\\r\\nsession_token:forged\n'],
    ['Unicode', { name: 'Zoë \u2028 😀' }, 'name:Zoë \u2028 😀\n'],
    [
      'a key of a prototype',
      JSON.parse('{"__proto__":"x","constructor":"y"}') as Answer,
      '__proto__:x\nconstructor:y\n',
    ],
  ])('%s', (_, answer, lines) => {
    expect(served(answer)).toEqual({ status: 200, headers, body: lines + end });
  });

  it.each([
    ['a blank key', { '': 'x' }],
    ['a key with a colon', { 'success:1\nx': 'y' }],
    ['a key with a line end', { 'a\n': 'y' }],
    ['a key with a space', { 'a b': 'y' }],
    ['a key of other letters', { naïve: 'y' }],
    ['success', { success: '1' }],
    ['session_id', { a: 'b', session_id: '1' }],
    ['session_token', { session_token: 'x' }],
    ['a number', { a: untyped(1) }],
    ['an array', untyped(['a'])],
    ['a map', untyped(new Map([['a', 'b']]))],
    ['a promise', untyped(Promise.resolve({ a: 'b' }))],
    ['a form', untyped(new URLSearchParams('a=b'))],
    ['a secret', untyped(secret('x'))],
    ['a date', untyped(new Date(0))],
    ['what inherits its fields', untyped(Object.create({ a: 'b' }))],
    ['an Option', untyped(none)],
    ['null', untyped(null)],
    ['a number alone', untyped(7)],
  ])('%s is a fault', (_, answer) => {
    expect(served(answer)).toEqual(fault);
  });

  it('is read back by a tablet as it was meant, at 10 MB too', () => {
    const value = 'x:y'.repeat(3_333_333);
    expect(readReply(served({ value }).body)).toEqual(
      new Map([
        ['value', value],
        ['success', '1'],
        ['session_id', '501'],
        ['session_token', 'dG9rZW4+/w=='],
      ]),
    );
  });
});

describe('a refusal', () => {
  const refusal = (error: Parameters<typeof refused>[0], from = session) =>
    encodeReply({ kind: 'refused', error: refused(error), session: from });

  it('is HTTP 200 to a tablet, with the session it may go on with', () => {
    expect(encodeReply({ kind: 'refused', error: unregisteredDevice, session })).toEqual({
      status: 200,
      headers,
      body: 'success:0\nerror:Unregistered device\nsession_id:501\nsession_token:dG9rZW4+/w==\n',
    });
  });

  it('may have words of its own, which forge no line either', () => {
    const reply = encodeReply({ kind: 'refused', error: unregisteredDevice, message: 'Unbekannt\n\\', session });
    expect(reply.body).toMatch(/^success:0\nerror:Unbekannt\\n\\\\\nsession_id:501\n/);
  });

  it('has a blank id and token when there is no session', () => {
    expect(refusal('No.', noSession).body).toBe('success:0\nerror:No.\nsession_id:\nsession_token:\n');
  });

  it.each([
    ['line ends', 'a\nb\rc', 'a\\nb\\rc'],
    ['a backslash', 'a\\b', 'a\\\\b'],
    ['a backslash before n', 'a\\nb', 'a\\\\nb'],
    ['a backslash before a line end', 'a\\\nb', 'a\\\\\\nb'],
  ])('%s cannot forge a line, nor be taken for one', (_, message, told) => {
    expect(refusal(message).body).toContain(`\nerror:${told}\nsession_id`);
  });

  it.each([
    ['not a POST', { kind: 'refused', error: notPost, session: noSession }, 405, 'Must use POST method\n'],
    ['not a POST, without a version', { kind: 'not-a-tablet', error: notPost }, 405, 'Must use POST method\n'],
    ['no version', { kind: 'not-a-tablet', error: missingVersion }, 400, 'Not a valid CamCOPS API request\n'],
    [
      'another refusal, without a version',
      { kind: 'not-a-tablet', error: unregisteredDevice },
      400,
      'Not a valid CamCOPS API request\n',
    ],
  ] as const)('%s is told by an HTTP status', (_, reply, status, body) => {
    const allowed = status === 405 ? { ...headers, allow: 'POST' } : headers;
    expect(encodeReply(reply)).toEqual({ status, headers: allowed, body });
  });
});

describe('a fault', () => {
  it('is HTTP 503, and tells nothing but the session', () => {
    expect(encodeReply({ kind: 'fault', session })).toEqual(fault);
    expect(encodeReply({ kind: 'fault', session: noSession })).toEqual({
      status: 503,
      headers,
      body: 'success:0\nerror:Server error\nsession_id:\nsession_token:\n',
    });
  });
});

it('a token cannot forge a line', () => {
  const forging = { sessionId: some(1), sessionToken: some(secret('x\nsuccess:1')) };
  expect(encodeReply({ kind: 'fault', session: forging }).body).toMatch(/\nsession_token:x\\nsuccess:1\n$/);
});
