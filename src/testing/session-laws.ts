/** The promises of a session store as named checks. */
import { isNone, isSome, none, some, type Option } from 'fp-ts/lib/Option.js';

import {
  secret,
  type Device,
  type DeviceName,
  type Ports,
  type SessionIdToken,
  type SessionStore,
  type User,
} from '../index.js';
import { answerOf, broken, keptIf, type Law } from './law.js';
import { law, slips, uncheckedDeviceName, uncheckedUsername, type LawSubjects } from './port-subjects.js';

/** 128 random bits, in the shortest of the usual spellings: base64 without padding. */
const minTokenLength = 22;

/** Returns the laws of sessions. */
export const sessionLaws = <E, D extends Device, U extends User>(
  ports: Ports<E, D, U>,
  sessions: SessionStore<E, U>,
  { deviceName, username, password, onlyDevice, expireSession, changePassword, restart }: LawSubjects<E, D, U>,
): readonly Law[] => {
  const ids = new Set<number>();
  const startBy = async (
    { users, sessions: store }: Ports<E, D, U>,
    device: Option<DeviceName>,
  ): Promise<SessionIdToken> => {
    const user = await answerOf(users.authenticate(uncheckedUsername(username), secret(password)));
    if (isSome(user) && store !== undefined) return answerOf(store.startSession(user.value, device));
    return Promise.reject(new Error('the right password was refused, or there is no session store'));
  };
  const ourDevice = some(uncheckedDeviceName(deviceName));
  const start = async (device: Option<DeviceName> = ourDevice): Promise<SessionIdToken> => {
    const session = await startBy(ports, device);
    ids.add(session.id);
    return session;
  };
  const find = (id: number, token: string) => answerOf(sessions.findSession(id, secret(token)));

  const finds = (what: string, mistake: (session: SessionIdToken) => readonly [id: number, token: string]): Law =>
    law(`no session is found by ${what}`, async () => {
      const session = await start();
      const [id, token] = mistake(session);
      // A token without letters does not change with letter case.
      const isRight = id === session.id && token === session.token.reveal();
      return keptIf(isRight || isNone(await find(id, token)), 'a session was found');
    });

  const endsBy = (what: string, end: (session: SessionIdToken) => Promise<void>): Law =>
    law(`a session is not found once ${what}`, async () => {
      const session = await start();
      const before = await find(session.id, session.token.reveal());
      await end(session);
      const after = await find(session.id, session.token.reveal());
      if (isNone(before)) return broken('the session was not found before');
      return keptIf(isNone(after), 'the session was found');
    });

  return [
    law('a started session is found, by its id and token, as its user', async () => {
      const { id, token } = await start();
      const found = await find(id, token.reveal());
      if (isNone(found)) return broken('the session was not found');
      const { value } = found;
      const same = value.id === id && value.token.reveal() === token.reveal() && value.user.username === username;
      return keptIf(same, 'its id, token or user is another');
    }),
    law('a started session names the device that started it, for no other may resume it', async () => {
      const { id, token } = await start();
      const found = await find(id, token.reveal());
      const device = isSome(found) ? (found.value.device ?? none) : none;
      return keptIf(isSome(device) && device.value === deviceName, 'it names none, or another');
    }),
    law('a session started without a device names none', async () => {
      const { id, token } = await start(none);
      const found = await find(id, token.reveal());
      return keptIf(isSome(found) && isNone(found.value.device ?? none), 'the session was not found, or names one');
    }),
    ...(onlyDevice === undefined ? [] : [onlyDevice]).map((only) =>
      law('the user of a session is bound to the one device of their account', async () => {
        const { id, token } = await start();
        const found = await find(id, token.reveal());
        return keptIf(isSome(found) && found.value.user.onlyDevice === only, 'they are not');
      }),
    ),
    law('the id of a session is a whole number above 0', async () => {
      const { id } = await start();
      return keptIf(Number.isSafeInteger(id) && id > 0, 'it is not');
    }),
    law('a token has room for 128 random bits', async () => {
      const { token } = await start();
      return keptIf(token.reveal().length >= minTokenLength, `it has fewer than ${String(minTokenLength)} characters`);
    }),
    law('two sessions differ in their ids and in their tokens', async () => {
      const [one, other] = [await start(), await start()];
      return keptIf(one.id !== other.id && one.token.reveal() !== other.token.reveal(), 'they do not');
    }),
    law('the id of a session that has ended is not given again', async () => {
      await expireSession(await start());
      const known = new Set(ids);
      return keptIf(!known.has((await start()).id), 'it was');
    }),
    ...(restart === undefined ? [] : [restart]).map((again) =>
      law('the id of a session is not given again after a restart', async () => {
        await start();
        return keptIf(!ids.has((await startBy(await again(), ourDevice)).id), 'it was');
      }),
    ),
    finds('an unknown id', ({ id, token }) => [id + 1_000_000, token.reveal()]),
    finds('the largest id that a tablet can send', ({ token }) => [Number.MAX_SAFE_INTEGER, token.reveal()]),
    finds('an empty token', ({ id }) => [id, '']),
    finds('a wrong token', ({ id, token }) => [id, `wrong-${token.reveal()}`]),
    ...slips.map(([how, slip]) => finds(`a token ${how}`, ({ id, token }) => [id, slip(token.reveal())])),
    law("no session is found by another's token", async () => {
      const [one, other] = [await start(), await start()];
      return keptIf(isNone(await find(one.id, other.token.reveal())), 'a session was found');
    }),
    endsBy('it has expired', expireSession),
    endsBy('its user has changed password', () => changePassword(username, password)),
  ];
};
