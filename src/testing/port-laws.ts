/** The promises of the ports as named checks, for any implementation and any test runner. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, isSome } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import {
  secret,
  type DeviceName,
  type Ports,
  type Secret,
  type SessionIdToken,
  type SessionStore,
  type Username,
} from '../index.js';

/** What the laws try out; it must be there before they run. */
export interface LawSubjects {
  /** A registered device, with a letter in its name. */
  readonly deviceName: DeviceName;
  /** A user whose name and password have a letter in them. */
  readonly username: Username;
  readonly password: Secret;
  /** Makes a session expire, as time would. */
  readonly expireSession: (session: SessionIdToken) => Promise<void>;
  /** Changes the user's password, to one that may be the same as before. */
  readonly changePassword: (username: Username, password: Secret) => Promise<void>;
}

/** A promise of the ports, and whether it is kept: if not, the left says how. It never rejects. */
export interface Law {
  readonly name: string;
  /** `left` says how the law was broken. It never rejects. */
  readonly check: () => Promise<Either<string, void>>;
}

type Verdict = Either<string, void>;

const kept: Verdict = right(undefined);
const broken = (how: string): Verdict => left(how);
const keptIf = (holds: boolean, how: string): Verdict => (holds ? kept : broken(how));

/** Not all that a port may throw can be made a text. */
const wordsOf = (fault: unknown): string => {
  try {
    return String(fault);
  } catch {
    return typeof fault;
  }
};

/** A port that is at fault breaks the law that asked it. */
const law = (name: string, check: () => Promise<Verdict>): Law => ({
  name,
  check: () => check().catch((fault: unknown) => broken(`a port was at fault: ${wordsOf(fault)}`)),
});

const answerOf = async <E, A>(question: TaskEither<E, A>): Promise<A> => {
  const answer = await question();
  return isLeft(answer) ? Promise.reject(new Error(wordsOf(answer.left))) : answer.right;
};

// What no tablet can send, for it breaks the grammar, but what a careless database takes for a name that it has.
const uncheckedDeviceName = (text: string): DeviceName => text as DeviceName;
const uncheckedUsername = (text: string): Username => text as Username;

/** 128 random bits, in the shortest of the usual spellings: base64 without padding. */
const minTokenLength = 22;

const inAnotherCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));

/** What makes a text almost another one. */
const slips: readonly (readonly [how: string, slip: (text: string) => string])[] = [
  ['in another letter case', inAnotherCase],
  ['with a space behind', (text) => `${text} `],
  ['without its end', (text) => text.slice(0, -1)],
];

const deviceLaws = <E>({ devices }: Ports<E>, { deviceName }: LawSubjects): readonly Law[] => [
  law('a registered device is found by its name', async () => {
    const found = await answerOf(devices.findDeviceByName(deviceName));
    return keptIf(isSome(found) && found.value.name === deviceName, 'the device was not found, or has another name');
  }),
  ...[...slips, ['of nobody', (text: string) => `${text}-of-nobody`] as const].map(([how, slip]) =>
    law(`no device is found by a name ${how}`, async () => {
      const found = await answerOf(devices.findDeviceByName(uncheckedDeviceName(slip(deviceName))));
      return keptIf(isNone(found), 'a device was found');
    }),
  ),
];

const userLaws = <E>({ users }: Ports<E>, { username, password }: LawSubjects): readonly Law[] => {
  const authenticate = (name: Username, sent: string) => answerOf(users.authenticate(name, secret(sent)));
  const text = password.reveal();

  const refuses = (what: string, name: string, sent: string): Law =>
    law(`nobody is signed in by ${what}`, async () => {
      const refusedUser = await authenticate(uncheckedUsername(name), sent);
      // The right password afterwards, so that failures do not add up to a lock-out.
      const user = await authenticate(username, text);
      if (isSome(refusedUser)) return broken('a user was signed in');
      return keptIf(isSome(user), 'the right password was refused afterwards');
    });

  return [
    law('the right password gives the user', async () => {
      const user = await authenticate(username, text);
      return keptIf(isSome(user) && user.value.username === username, 'no user, or one of another name');
    }),
    refuses('an empty password', username, ''),
    refuses('a wrong password', username, `${text}-wrong`),
    refuses('the name of nobody, with as little told as of a wrong password', `${username}-of-nobody`, text),
    ...slips.map(([how, slip]) => refuses(`a password ${how}`, username, slip(text))),
    ...slips.map(([how, slip]) => refuses(`a username ${how}`, slip(username), text)),
  ];
};

const sessionLaws = <E>(
  { users }: Ports<E>,
  sessions: SessionStore<E>,
  { username, password, expireSession, changePassword }: LawSubjects,
): readonly Law[] => {
  const start = async (): Promise<SessionIdToken> => {
    const user = await answerOf(users.authenticate(username, password));
    return isSome(user)
      ? answerOf(sessions.startSession(user.value))
      : Promise.reject(new Error('the right password was refused'));
  };
  const find = (id: number, token: string) => answerOf(sessions.findSession(id, secret(token)));

  const finds = (what: string, mistake: (session: SessionIdToken) => readonly [id: number, token: string]): Law =>
    law(`no session is found by ${what}`, async () => {
      const session = await start();
      const [id, token] = mistake(session);
      // A token without letters is the same in another letter case.
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
    // Stryker disable next-line ArithmeticOperator: one unknown id is as good as another.
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
 * The laws of a host's ports. Run each `check` as a test of its own, one after the other; without `sessions` there are no laws of
 * sessions. They use wrong passwords, each time followed by the right one.
 *
 * @example
 * import { DeviceName, secret, Username, type Device } from 'camcops-tablet-session';
 * import { inMemoryPorts, portLaws } from 'camcops-tablet-session/testing';
 * import { isLeft } from 'fp-ts/lib/Either.js';
 *
 * const [name, username] = [DeviceName.decode('Tablet-1'), Username.decode('nurse')];
 * if (isLeft(name) || isLeft(username)) throw new Error('no names');
 * const subjects = {
 *   deviceName: name.right,
 *   username: username.right,
 *   password: secret('Pw'),
 *   expireSession: () => Promise.resolve(),
 *   changePassword: () => Promise.resolve(),
 * };
 * const firstLaw = (devices: readonly Device[]) => portLaws(inMemoryPorts({ devices }).ports, subjects)[0]?.check();
 * await firstLaw([{ id: 1, name: name.right }]); // right(undefined)
 * await firstLaw([]); // left('the device was not found, or has another name')
 */
export const portLaws = <E>(ports: Ports<E>, subjects: LawSubjects): readonly Law[] => [
  ...deviceLaws(ports, subjects),
  ...userLaws(ports, subjects),
  ...(ports.sessions === undefined ? [] : sessionLaws(ports, ports.sessions, subjects)),
];
