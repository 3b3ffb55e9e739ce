/** The promises of the ports as named checks, for any implementation and any test runner. */
import { isNone, isSome, none, some, type Option } from 'fp-ts/lib/Option.js';

import {
  secret,
  type Device,
  type DeviceName,
  type Ports,
  type SessionIdToken,
  type SessionStore,
  type User,
  type Username,
} from '../index.js';
import { answerOf, broken, keptIf, lawOf, type Law } from './law.js';

/** What the laws use for their trials. It must exist before they run. */
export interface LawSubjects<E = unknown, D extends Device = Device, U extends User = User> {
  /** A registered device, with a letter in its name. */
  readonly deviceName: string;
  /** A user whose name and password have a letter in them. */
  readonly username: string;
  readonly password: string;
  /** The one device that this user may act from, if their account is bound to one. */
  readonly onlyDevice?: string;
  /** Makes a session expire, as time would. */
  readonly expireSession: (session: SessionIdToken) => Promise<void>;
  /** Changes the user's password; the new password may equal the old one. */
  readonly changePassword: (username: string, password: string) => Promise<void>;
  /** Returns the ports after a restart of the server. If left out, no law checks that session ids are not reused then. */
  readonly restart?: () => Promise<Ports<E, D, U>>;
}

const law = lawOf('a port');

// Names that no tablet can send, because they break the grammar, but that a careless database takes for a name it knows.
const uncheckedDeviceName = (text: string): DeviceName => text as DeviceName;
const uncheckedUsername = (text: string): Username => text as Username;

/** 128 random bits, in the shortest of the usual spellings: base64 without padding. */
const minTokenLength = 22;

const inAnotherCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));

/** Changes that make a text almost equal to another. */
const slips: readonly (readonly [how: string, slip: (text: string) => string])[] = [
  ['in another letter case', inAnotherCase],
  ['with a space behind', (text) => `${text} `],
  ['without its end', (text) => text.slice(0, -1)],
];

const deviceLaws = <E, D extends Device>(
  { devices }: Pick<Ports<E, D>, 'devices'>,
  deviceName: string,
): readonly Law[] => [
  law('a registered device is found by its name', async () => {
    const found = await answerOf(devices.findDeviceByName(uncheckedDeviceName(deviceName)));
    return keptIf(isSome(found) && found.value.name === deviceName, 'the device was not found, or has another name');
  }),
  ...[...slips, ['of nobody', (text: string) => `${text}-of-nobody`] as const].map(([how, slip]) =>
    law(`no device is found by a name ${how}`, async () => {
      const found = await answerOf(devices.findDeviceByName(uncheckedDeviceName(slip(deviceName))));
      return keptIf(isNone(found), 'a device was found');
    }),
  ),
];

const userLaws = <E, U extends User>(
  { users }: Pick<Ports<E, Device, U>, 'users'>,
  { username, password, onlyDevice }: LawSubjects<E, Device, U>,
): readonly Law[] => {
  const authenticate = (name: string, sent: string) =>
    answerOf(users.authenticate(uncheckedUsername(name), secret(sent)));

  const refuses = (what: string, name: string, sent: string): Law =>
    law(`nobody is signed in by ${what}`, async () => {
      const refusedUser = await authenticate(name, sent);
      // Then the right password, so that failures do not add up to a lock-out.
      const user = await authenticate(username, password);
      if (isSome(refusedUser)) return broken('a user was signed in');
      return keptIf(isSome(user), 'the right password was refused afterwards');
    });

  return [
    law('the right password gives the user', async () => {
      const user = await authenticate(username, password);
      return keptIf(isSome(user) && user.value.username === username, 'no user, or one of another name');
    }),
    ...(onlyDevice === undefined ? [] : [onlyDevice]).map((only) =>
      law('the user is bound to the one device of their account', async () => {
        const user = await authenticate(username, password);
        return keptIf(isSome(user) && user.value.onlyDevice === only, 'they are not');
      }),
    ),
    refuses('an empty password', username, ''),
    refuses('a wrong password', username, `${password}-wrong`),
    refuses('the name of nobody, with as little told as of a wrong password', `${username}-of-nobody`, password),
    ...slips.map(([how, slip]) => refuses(`a password ${how}`, username, slip(password))),
    ...slips.map(([how, slip]) => refuses(`a username ${how}`, slip(username), password)),
  ];
};

const sessionLaws = <E, D extends Device, U extends User>(
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

/**
 * Returns the laws of a host's ports. Run each `check` as a test of its own, one after the other. Without `sessions` there are no laws of
 * sessions. The laws try wrong passwords, each followed by the right one.
 *
 * @example
 * import { inMemoryPorts, portLaws } from 'camcops-tablet-session/testing';
 *
 * const subjects = {
 *   deviceName: 'Tablet-1',
 *   username: 'nurse',
 *   password: 'Pw',
 *   expireSession: () => Promise.resolve(),
 *   changePassword: () => Promise.resolve(),
 * };
 * const firstLaw = (name: string) => portLaws(inMemoryPorts({ devices: [{ name }] }).ports, subjects)[0]?.check();
 * await firstLaw('Tablet-1'); // right(undefined)
 * await firstLaw('tablet-1'); // left('the device was not found, or has another name')
 */
export const portLaws = <E, D extends Device = Device, U extends User = User>(
  ports: Ports<E, D, U>,
  subjects: LawSubjects<E, D, U>,
): readonly Law[] => [
  ...deviceLaws(ports, subjects.deviceName),
  ...userLaws(ports, subjects),
  ...(ports.sessions === undefined ? [] : sessionLaws(ports, ports.sessions, subjects)),
];
