import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some, type Option } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { secret, type Device, type Ports, type Secret, type StoredSession, type User } from '../../src/index.js';
import { inMemoryPorts, portLaws, type LawSubjects } from '../../src/testing/index.js';
import { alice, device, deviceName, username } from '../support/fixtures.js';
import { untyped } from '../support/untyped.js';

type AllPorts = Required<Ports<never>>;
interface Subject {
  readonly ports: AllPorts;
  readonly subjects: LawSubjects;
}

const subject = (token = 'in-memory-session-token', [name, user, password] = ['tablet-1', 'alice', 'Pw']): Subject => {
  const known = { username: user, password, onlyDevice: name };
  const world = { devices: [{ name }], users: [known, { username: 'bob', password }], firstSession: { id: 1, token } };
  const { ports, addUser, endSession } = inMemoryPorts(world);
  const subjects = {
    deviceName: name,
    username: user,
    password,
    onlyDevice: name,
    expireSession: ({ id }: { readonly id: number }) => {
      endSession(id);
      return Promise.resolve();
    },
    changePassword: () => {
      addUser(known);
      return Promise.resolve();
    },
    restart: () => Promise.resolve(ports),
  };
  return { ports, subjects };
};

/** By name, how each law was broken. */
const verdicts = async <E>(ports: Ports<E>, subjects: LawSubjects): Promise<ReadonlyMap<string, string>> => {
  const broken = new Map<string, string>();
  for (const { name, check } of portLaws<unknown>(ports, subjects)) {
    const verdict = await check();
    if (isLeft(verdict)) broken.set(name, verdict.left);
  }
  return broken;
};

const answer =
  <A>(value: A) =>
  () =>
    Promise.resolve(right(value));

// Ports that forget one thing

const devices =
  (find: (name: string) => Option<Device>) =>
  ({ ports, subjects }: Subject): Subject => ({
    ports: { ...ports, devices: { findDeviceByName: (name) => answer(find(name)) } },
    subjects,
  });
const users =
  (find: (name: string, password: string) => User | boolean) =>
  ({ ports, subjects }: Subject): Subject => {
    const authenticate: AllPorts['users']['authenticate'] = (name, password) => {
      const found = find(name, password.reveal());
      return answer(typeof found === 'object' ? some(found) : found ? some(bound) : none);
    };
    return { ports: { ...ports, users: { authenticate } }, subjects };
  };
const bound: User = { ...alice, onlyDevice: device.name };

/** Another session store, which may look at all sessions that were ever started. */
const sessions =
  (change: (sessions: AllPorts['sessions'], all: Map<number, StoredSession>) => object) =>
  ({ ports, subjects }: Subject): Subject => {
    const all = new Map<number, StoredSession>();
    const recording: AllPorts['sessions'] = {
      ...ports.sessions,
      startSession: (user, device) => async () => {
        const started = await ports.sessions.startSession(user, device)();
        if (started._tag === 'Right') all.set(started.right.id, { ...started.right, user, device });
        return started;
      },
    };
    return { ports: { ...ports, sessions: { ...recording, ...change(recording, all) } }, subjects };
  };
/** A store that never ends a session, and compares tokens in a way of its own. */
const comparing = (isSame: (kept: string, given: string) => boolean) =>
  sessions((_, all) => ({
    findSession: (id: number, token: Secret) => {
      const session = all.get(id);
      return answer(session !== undefined && isSame(session.token.reveal(), token.reveal()) ? some(session) : none);
    },
  }));
const givingBack = (difference: object) =>
  sessions((kept) => ({
    findSession: (id: number, token: Secret) => async () => {
      const found = await kept.findSession(id, token)();
      const isThere = found._tag === 'Right' && found.right._tag === 'Some';
      return isThere ? right(some({ ...found.right.value, ...difference })) : found;
    },
  }));
const starting = (session: (count: number) => unknown) => {
  let count = 0;
  return sessions(() => ({ startSession: () => answer(untyped(session((count += 1)))) }));
};

const upper = (a: string, b: string) => a.toUpperCase() === b.toUpperCase();
const trimmed = (a: string, b: string) => a.trimEnd() === b.trimEnd();
const isPw = (given: string) => given === 'Pw';
const isAlice = (name: string) => name === 'alice';
const long = 'x'.repeat(22);

// The laws

const found = 'a registered device is found by its name';
const device$ = (how: string) => `no device is found by a name ${how}`;
const user$ = (what: string) => `nobody is signed in by ${what}`;
const session$ = (what: string) => `no session is found by ${what}`;
const [kase, space, end] = ['in another letter case', 'with a space behind', 'without its end'];
const started = 'a started session is found, by its id and token, as its user';
const boundUser = 'the user is bound to the one device of their account';
const boundSession = 'the user of a session is bound to the one device of their account';
const named = 'a started session names the device that started it, for no other may resume it';
const unnamed = 'a session started without a device names none';
const expired = 'a session is not found once it has expired';
const changed = 'a session is not found once its user has changed password';
const positive = 'the id of a session is a whole number above 0';
const room = 'a token has room for 128 random bits';
const differ = 'two sessions differ in their ids and in their tokens';
const ended = 'the id of a session that has ended is not given again';
const restarted = 'the id of a session is not given again after a restart';
const nobodys = 'the name of nobody, with as little told as of a wrong password';
const [emptyToken, wrongToken, others] = ['an empty token', 'a wrong token', "another's token"];

/** Ports of which one is careless. */
const careless = {
  'knows no device': devices(() => none),
  'gives another device': devices(() => some({ ...device, name: deviceName('other') })),
  'ignores the case of devices': devices((name) => (upper(name, 'tablet-1') ? some(device) : none)),
  'trims devices': devices((name) => (trimmed(name, 'tablet-1') ? some(device) : none)),
  'finds devices by nearly all of their names': devices((name) =>
    name.length > 6 && 'tablet-1'.startsWith(name) ? some(device) : none,
  ),
  'finds devices by what they start': devices((name) => (name.startsWith('tablet-1') ? some(device) : none)),
  'signs in as another': users(
    (name, given) => isAlice(name) && isPw(given) && { ...bound, username: username('bob') },
  ),
  'forgets the one device of an account': users((name, given) => isAlice(name) && isPw(given) && alice),
  'forgets it in sessions': givingBack({ user: alice }),
  'keeps no device of sessions': givingBack({ device: none }),
  'leaves out the device of sessions': givingBack({ device: undefined }),
  'gives all sessions to one device': givingBack({ device: some(deviceName('tablet-2')) }),
  'takes any password': users(isAlice),
  'takes an empty password': users((name, given) => isAlice(name) && (isPw(given) || given === '')),
  'ignores the case of passwords': users((name, given) => isAlice(name) && upper(given, 'Pw')),
  'trims passwords': users((name, given) => isAlice(name) && trimmed(given, 'Pw')),
  'reads a start of passwords': users((name, given) => isAlice(name) && given !== '' && 'Pw'.startsWith(given)),
  'ignores the case of usernames': users((name, given) => upper(name, 'alice') && isPw(given)),
  'trims usernames': users((name, given) => trimmed(name, 'alice') && isPw(given)),
  'reads a start of usernames': users((name, given) => 'alice'.startsWith(name) && isPw(given)),
  'takes unknown users': users((name, given) => (isAlice(name) || name.length > 6) && isPw(given)),
  'reads no token': comparing(() => true),
  'takes an empty token': comparing((kept, given) => kept === given || given === ''),
  'reads an end of tokens': comparing((kept, given) => given.endsWith(kept)),
  'ignores the case of tokens': comparing(upper),
  'trims tokens': comparing(trimmed),
  'reads a start of tokens': comparing((kept, given) => given !== '' && kept.startsWith(given)),
  'finds sessions by token alone': sessions((_, all) => ({
    findSession: (__: number, token: Secret) =>
      answer(fromNullable([...all.values()].find((each) => each.token.reveal() === token.reveal()))),
  })),
  'has no room for large ids': sessions((kept) => ({
    findSession: (id: number, token: Secret) => () =>
      id < 2 ** 31 ? kept.findSession(id, token)() : Promise.reject(new RangeError('out of range')),
  })),
  'never ends a session': comparing((kept, given) => kept === given),
  'keeps no session': sessions(() => ({ findSession: () => answer(none) })),
  'gives a session of another user': givingBack({ user: { ...bound, username: username('bob') } }),
  'gives a session of another id': givingBack({ id: 7 }),
  'gives a session of another token': givingBack({ token: secret('another') }),
  'gives ids below 1': starting((id) => ({ id: 1 - id, token: secret(`${String(id)}${long}`) })),
  'gives id 0': starting((count) => ({ id: 0, token: secret(`${String(count)}${long}`) })),
  'gives fractions as ids': starting((id) => ({ id: id + 0.5, token: secret(`${String(id)}${long}`) })),
  'gives short tokens': starting((id) => ({ id, token: secret(`${'x'.repeat(15)}${String(100_000 + id)}`) })),
  'gives one token': starting((id) => ({ id, token: secret(long) })),
  'gives one id': starting((id) => ({ id: 1, token: secret(`${String(id)}${long}`) })),
} satisfies Readonly<Record<string, (subject: Subject) => Subject>>;

const noSession = [started, named, unnamed, boundSession, expired, changed];
/** The laws that each of them breaks. */
const broken: Readonly<Record<keyof typeof careless, readonly string[]>> = {
  'knows no device': [found],
  'gives another device': [found, device$(kase), device$(space), device$(end), device$('of nobody')],
  'ignores the case of devices': [device$(kase)],
  'trims devices': [device$(space)],
  'finds devices by nearly all of their names': [device$(end)],
  'finds devices by what they start': [device$(space), device$('of nobody')],
  'signs in as another': ['the right password gives the user', started, changed],
  'forgets the one device of an account': [boundUser, boundSession],
  'forgets it in sessions': [boundSession],
  'keeps no device of sessions': [named],
  'leaves out the device of sessions': [named],
  'gives all sessions to one device': [named, unnamed],
  'takes any password': [
    ...['an empty password', 'a wrong password', ...[kase, space, end].map((how) => `a password ${how}`)].map(user$),
  ],
  'takes an empty password': [user$('an empty password')],
  'ignores the case of passwords': [user$(`a password ${kase}`)],
  'trims passwords': [user$(`a password ${space}`)],
  'reads a start of passwords': [user$(`a password ${end}`)],
  'ignores the case of usernames': [user$(`a username ${kase}`)],
  'trims usernames': [user$(`a username ${space}`)],
  'reads a start of usernames': [user$(`a username ${end}`)],
  'takes unknown users': [user$(nobodys)],
  'reads no token': [
    ...[emptyToken, wrongToken, ...[kase, space, end].map((how) => `a token ${how}`), others].map(session$),
    expired,
    changed,
  ],
  'takes an empty token': [session$(emptyToken), expired, changed],
  'reads an end of tokens': [session$(wrongToken), expired, changed],
  'ignores the case of tokens': [session$(`a token ${kase}`), expired, changed],
  'trims tokens': [session$(`a token ${space}`), expired, changed],
  'reads a start of tokens': [session$(`a token ${end}`), expired, changed],
  'finds sessions by token alone': [
    ...['an unknown id', 'the largest id that a tablet can send', others].map(session$),
    expired,
    changed,
  ],
  'has no room for large ids': [session$('the largest id that a tablet can send')],
  'never ends a session': [expired, changed],
  'keeps no session': noSession,
  'gives a session of another user': [started],
  'gives a session of another id': [started],
  'gives a session of another token': [started],
  'gives ids below 1': [positive, ...noSession],
  'gives id 0': [positive, differ, ended, restarted, ...noSession],
  'gives fractions as ids': [positive, ...noSession],
  'gives short tokens': [room, ...noSession],
  'gives one token': [differ, ...noSession],
  'gives one id': [differ, ended, restarted, ...noSession],
};

/** How each law was broken that is not in a family: `no device...`, `nobody...`, `no session...`. */
const wordsOf: Readonly<Record<string, string>> = {
  [found]: 'the device was not found, or has another name',
  'the right password gives the user': 'no user, or one of another name',
  [started]: 'its id, token or user is another; the session was not found',
  [boundUser]: 'they are not',
  [boundSession]: 'they are not',
  [named]: 'it names none, or another',
  [unnamed]: 'the session was not found, or names one',
  [expired]: 'the session was found; the session was not found before',
  [changed]: 'the session was found; the session was not found before',
  [positive]: 'it is not',
  [room]: 'it has fewer than 22 characters',
  [differ]: 'they do not',
  [ended]: 'it was',
  [restarted]: 'it was',
};

const verdictsOf = (spoil: (subject: Subject) => Subject): Promise<ReadonlyMap<string, string>> => {
  const { ports, subjects } = spoil(subject());
  return verdicts(ports, { ...subjects, restart: () => Promise.resolve(ports) });
};
const brokenBy = async (spoil: (subject: Subject) => Subject): Promise<readonly string[]> =>
  [...(await verdictsOf(spoil)).keys()].sort();

describe('portLaws', () => {
  const { ports, subjects } = subject();
  const laws = portLaws<unknown>(ports, subjects);

  it.each(laws.map(({ name, check }) => [name, check] as const))(
    'are kept by the ports in memory: %s',
    async (_, check) => {
      expect(await check()).toEqual(right(undefined));
    },
  );

  it.each(Object.entries(broken))('are broken by ports of which one %s', async (what, laws) => {
    expect(await brokenBy(careless[untyped(what)])).toEqual([...laws].sort());
  });

  it('have each been seen to fail, and have names of their own', () => {
    const names = laws.map(({ name }) => name).sort();
    expect([...new Set(Object.values(broken).flat())].sort()).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['names and passwords in capitals', subject(undefined, ['WARD', 'ALICE', 'PW'])],
    ['a token that is the same in another letter case', subject('1234567890'.repeat(4))],
  ])('are kept for %s', async (_, kept) => {
    expect(await verdicts(kept.ports, kept.subjects)).toEqual(new Map());
  });

  it('ask nothing of sessions where there are none, of a restart that nobody makes, or of a bond that there is not', async () => {
    const sessionless = { devices: ports.devices, users: ports.users };
    expect(portLaws<unknown>(sessionless, subjects).filter(({ name }) => name.includes('session'))).toEqual([]);
    expect(await verdicts(sessionless, subjects)).toEqual(new Map());
    const { restart: _, onlyDevice: __, ...others } = subjects;
    const names = portLaws(ports, others).map(({ name }) => name);
    expect(names).not.toContain(restarted);
    expect(names.filter((name) => name.includes('one device'))).toEqual([]);
  });

  it('see a counter that begins again after a restart', async () => {
    const before = subject();
    const forgetful = { ...before.subjects, restart: () => Promise.resolve(subject().ports) };
    expect([...(await verdicts(before.ports, forgetful)).keys()]).toEqual([restarted]);
  });

  it('say how, whatever broke them', async () => {
    const words = new Map<string, Set<string>>();
    for (const spoil of Object.values(careless)) {
      for (const [name, how] of await verdictsOf(spoil)) words.set(name, (words.get(name) ?? new Set()).add(how));
    }
    const ofAll = laws.map(({ name }) => {
      if (name.startsWith('no device')) return [name, 'a device was found'] as const;
      if (name.startsWith('no session')) return [name, 'a session was found'] as const;
      return [name, name.startsWith('nobody') ? 'a user was signed in' : (wordsOf[name] ?? '')] as const;
    });
    words
      .get(session$('the largest id that a tablet can send'))
      ?.delete('a port was at fault: RangeError: out of range');
    expect(new Map([...words].map(([name, all]) => [name, [...all].join('; ')]))).toEqual(new Map(ofAll));
  });

  it('ask for no id that a tablet cannot send', async () => {
    const asked: number[] = [];
    const spying = sessions((kept) => ({
      findSession: (id: number, token: Secret) => {
        asked.push(id);
        return kept.findSession(id, token);
      },
    }));
    await verdictsOf(spying);
    expect(asked.filter((id) => id < 1 || !Number.isSafeInteger(id))).toEqual([]);
  });

  it('are broken by a restart that loses the session store', async () => {
    const restart = () => Promise.resolve({ devices: ports.devices, users: ports.users });
    expect(await verdicts(ports, { ...subjects, restart })).toEqual(
      new Map([
        [restarted, 'a port was at fault: Error: the right password was refused, or there is no session store'],
      ]),
    );
  });

  it('are broken by a port that is at fault, throws, or refuses the right password', async () => {
    const all = laws.map(({ name }) => name);
    const isOfDevices = (name: string) => name === found || name.startsWith('no device');
    const down = () => () => Promise.resolve(left('down'));
    const faulty: Ports<string> = { ...ports, devices: { findDeviceByName: down }, users: { authenticate: down } };
    expect([...(await verdicts(faulty, subjects)).keys()]).toEqual(all);
    const throwing = { ...ports, devices: { findDeviceByName: untyped(undefined) } };
    expect([...(await verdicts(throwing, subjects)).keys()]).toEqual(all.filter(isOfDevices));
    expect(await brokenBy(users(() => false))).toEqual(all.filter((name) => !isOfDevices(name)).sort());
  });

  it('say how they were broken', async () => {
    const told = async (broken: Partial<Ports<unknown>>, name: string) =>
      (await verdicts<unknown>({ ...ports, ...broken }, subjects)).get(name);
    const finding = (fail: () => Promise<unknown>) =>
      told({ devices: { findDeviceByName: () => untyped(fail) } }, found);
    expect(await finding(answer(none))).toBe('the device was not found, or has another name');
    expect(await finding(() => Promise.resolve(left('down')))).toBe('a port was at fault: Error: down');
    const wordless: Error = untyped(Object.create(null));
    expect(await finding(() => Promise.reject(wordless))).toBe('a port was at fault: object');
    const refusing = { users: { authenticate: () => answer(none) } };
    expect(await told(refusing, user$('an empty password'))).toBe('the right password was refused afterwards');
    const atFault = 'a port was at fault: Error: the right password was refused, or there is no session store';
    expect(await told(refusing, room)).toBe(atFault);
  });
});
