/** The server that the properties try, and how a tablet reads what it says. */
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import assert from 'node:assert/strict';

import {
  secret,
  type Answer,
  type Handlers,
  type Ports,
  type SessionIdToken,
  type TabletServer,
  type User,
} from 'camcops-tablet-session';
import { untyped } from '../support/untyped.js';
import { fullUser } from './arbitraries.js';
import { modelOperations } from './model.js';

export interface Known {
  readonly user?: User;
  /** Whether every device is registered. */
  readonly registered?: boolean;
  /** Whether the right id and token are whatever is sent. */
  readonly resumes?: boolean;
  /** Whether the right password is whatever is sent. */
  readonly signsIn?: boolean;
  readonly started?: SessionIdToken;
}

/** Ports without memory, which know whoever asks as the user of that name. */
export const portsOf = ({
  user = fullUser,
  registered = true,
  resumes = true,
  signsIn = true,
  started = { id: 900, token: secret('new-token') },
}: Known = {}): Required<Ports<never>> => ({
  devices: { findDeviceByName: (name) => () => Promise.resolve(right(registered ? some({ id: 11, name }) : none)) },
  users: {
    authenticate: (username) => () => Promise.resolve(right(signsIn ? some({ ...user, username }) : none)),
  },
  sessions: {
    findSession: (id, token) => () => Promise.resolve(right(resumes ? some({ id, token, user }) : none)),
    startSession: () => () => Promise.resolve(right(started)),
  },
});

/** The same task as the handler of every operation. */
export const handlersBy = (task: () => Promise<unknown>): Handlers<never> =>
  untyped(Object.fromEntries(modelOperations.map((name) => [name, () => task])));

/** A handler of every operation, which answers this. */
export const handlersOf = (answer?: Answer): Handlers<never> => handlersBy(() => Promise.resolve(right(answer)));

export const serverOf = (known: Known = {}): TabletServer<never> => ({
  ports: portsOf(known),
  handlers: handlersOf(),
});

/** The lines of a body, as a tablet takes them: each ended by LF, its key up to the first colon. */
export const toldBy = (body: string): readonly (readonly [key: string, value: string])[] => {
  assert.ok(body.endsWith('\n'), 'the last line has no end');
  assert.ok(!body.includes('\r'), 'some readers end a line at CR');
  return body
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const colon = line.indexOf(':');
      assert.ok(colon > 0, 'a line without a key');
      return [line.slice(0, colon), line.slice(colon + 1)];
    });
};

const plainReplies: ReadonlyMap<number, string> = new Map([
  [400, 'Not a valid CamCOPS API request\n'],
  [405, 'Must use POST method\n'],
]);

/** Asserts that a reply has the form that a tablet reads. */
export const assertReadable = ({ status, body }: { readonly status: number; readonly body: string }): void => {
  const plain = plainReplies.get(status);
  if (plain !== undefined) {
    assert.equal(body, plain);
    return;
  }
  assert.ok(status === 200 || status === 503, 'a status that no tablet is sent');
  const keys = toldBy(body).map(([key]) => key);
  assert.equal(new Set(keys).size, keys.length, 'a key is there twice');
  const success = toldBy(body).find(([key]) => key === 'success')?.[1];
  if (status === 503) assert.equal(toldBy(body).find(([key]) => key === 'error')?.[1], 'Server error');
  if (success === '0') assert.deepEqual(keys, ['success', 'error', 'session_id', 'session_token']);
  else assert.deepEqual([success, keys.slice(-3)], ['1', ['success', 'session_id', 'session_token']]);
};
