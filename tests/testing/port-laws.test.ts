import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some, type Option } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { secret, type Device, type Ports, type StoredSession, type User } from '../../src/index.js';
import { inMemoryPorts, portLaws, type InMemoryUser, type LawSubjects, type World } from '../../src/testing/index.js';
import { alice, device, deviceName, username } from '../support/fixtures.js';
import { untyped } from '../support/untyped.js';

const user: InMemoryUser = { ...alice, password: 'Pw-alice' };

const subject = (world: World = {}) => {
  const { ports, addUser, endSession } = inMemoryPorts({
    devices: [device],
    users: [user, { ...user, username: username('bob') }],
    ...world,
  });
  const subjects: LawSubjects = {
    deviceName: device.name,
    username: user.username,
    password: secret(user.password),
    expireSession: ({ id }) => {
      endSession(id);
      return Promise.resolve();
    },
    changePassword: () => {
      addUser(user);
      return Promise.resolve();
    },
  };
  return { ports, subjects };
};

type Subject = ReturnType<typeof subject>;

/** By name, how each law was broken. */
const verdicts = async <E>(ports: Ports<E>, subjects: LawSubjects): Promise<ReadonlyMap<string, string>> => {
  const broken = new Map<string, string>();
  for (const { name, check } of portLaws(ports, subjects)) {
    const verdict = await check();
    if (isLeft(verdict)) broken.set(name, verdict.left);
  }
  return broken;
};

const brokenLaws = async <E>(ports: Ports<E>, subjects: LawSubjects): Promise<readonly string[]> => [
  ...(await verdicts(ports, subjects)).keys(),
];

describe('portLaws', () => {
  const { ports, subjects } = subject();

  it.each(portLaws(ports, subjects).map(({ name, check }) => [name, check] as const))(
    'are kept by the ports in memory: %s',
    async (_, check) => {
      expect(await check()).toEqual(right(undefined));
    },
  );

  it('are kept for names and passwords in capitals', async () => {
    const loud = { ...user, username: username('ALICE'), password: 'PW-ALICE' };
    const {
      ports: both,
      addUser,
      endSession,
    } = inMemoryPorts({ devices: [{ id: 1, name: deviceName('WARD') }], users: [loud] });
    const expireSession = ({ id }: { readonly id: number }) => {
      endSession(id);
      return Promise.resolve();
    };
    const changePassword = () => {
      addUser(loud);
      return Promise.resolve();
    };
    const inCapitals = { deviceName: deviceName('WARD'), username: loud.username, password: secret(loud.password) };
    expect(await brokenLaws(both, { ...inCapitals, expireSession, changePassword })).toEqual([]);
  });

  it('have names of their own', () => {
    const names = portLaws(ports, subjects).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(20);
  });

  it('ask nothing of sessions where there are none', async () => {
    const sessionless = { devices: ports.devices, users: ports.users };
    expect(portLaws(sessionless, subjects).filter(({ name }) => name.includes('session'))).toEqual([]);
    expect(await brokenLaws(sessionless, subjects)).toEqual([]);
  });
});

const answer =
  <A>(value: A) =>
  () =>
    Promise.resolve(right(value));

/** Ports that forget one thing, and the laws that they break. */
const careless: readonly (readonly [string, (subject: Subject) => Subject, readonly string[]])[] = (() => {
  const devices =
    (find: (name: string) => Option<Device>) =>
    ({ ports, subjects }: Subject): Subject => ({
      ports: { ...ports, devices: { findDeviceByName: (name) => answer(find(name)) } },
      subjects,
    });
  const users =
    (find: (name: string, password: string) => User | undefined) =>
    ({ ports, subjects }: Subject): Subject => ({
      ports: {
        ...ports,
        users: { authenticate: (name, password) => answer(fromNullable(find(name, password.reveal()))) },
      },
      subjects,
    });
  const sessions =
    (change: (sessions: Subject['ports']['sessions'], all: Map<number, StoredSession>) => object) =>
    ({ ports, subjects }: Subject): Subject => {
      const all = new Map<number, StoredSession>();
      const recording: Subject['ports']['sessions'] = {
        ...ports.sessions,
        startSession: (who) => async () => {
          const started = await ports.sessions.startSession(who)();
          if (started._tag === 'Right') all.set(started.right.id, { ...started.right, user: who });
          return started;
        },
      };
      return { ports: { ...ports, sessions: { ...recording, ...change(recording, all) } }, subjects };
    };
  const alike = (a: string, b: string, how: (text: string) => string) => how(a) === how(b);
  const upper = (text: string) => text.toUpperCase();
  const trimmed = (text: string) => text.trimEnd();
  const found = (compare: (kept: string, given: string) => boolean) =>
    sessions((_, all) => ({
      findSession: (id: number, token: { reveal: () => string }) => {
        const session = all.get(id);
        const same = session !== undefined && compare(session.token.reveal(), token.reveal());
        return answer(same ? some(session) : none);
      },
    }));
  const { password: pw } = user;
  const hooksThatDoNothing = ({ ports, subjects }: Subject): Subject => ({
    ports,
    subjects: { ...subjects, expireSession: () => Promise.resolve(), changePassword: () => Promise.resolve() },
  });

  return [
    ['knows no device', devices(() => none), ['a registered device is found by its name']],
    [
      'gives another device',
      devices(() => some({ ...device, name: deviceName('other') })),
      [
        'a registered device is found by its name',
        'no device is found by a name in another letter case',
        'no device is found by a name with a space behind',
        'no device is found by a name without its end',
        'no device is found by a name of nobody',
      ],
    ],
    [
      'ignores the case of devices',
      devices((name) => (alike(name, device.name, upper) ? some(device) : none)),
      ['no device is found by a name in another letter case'],
    ],
    [
      'ignores spaces behind devices',
      devices((name) => (alike(name, device.name, trimmed) ? some(device) : none)),
      ['no device is found by a name with a space behind'],
    ],
    [
      'finds devices by a beginning',
      devices((name) => (device.name.startsWith(name) ? some(device) : none)),
      ['no device is found by a name without its end'],
    ],
    [
      'leaves out the last letter of devices',
      devices((name) => (name === device.name || name === device.name.slice(0, -1) ? some(device) : none)),
      ['no device is found by a name without its end'],
    ],
    [
      'finds devices by what they begin',
      devices((name) => (name.startsWith(device.name) ? some(device) : none)),
      ['no device is found by a name with a space behind', 'no device is found by a name of nobody'],
    ],

    [
      'signs in as another',
      users((name, given) => (name === 'alice' && given === pw ? { ...alice, username: username('bob') } : undefined)),
      [
        'the right password gives the user',
        'a started session is found, by its id and token, as its user',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'takes any password',
      users((name) => (name === 'alice' ? alice : undefined)),
      [
        'nobody is signed in by an empty password',
        'nobody is signed in by a wrong password',
        'nobody is signed in by a password in another letter case',
        'nobody is signed in by a password with a space behind',
        'nobody is signed in by a password without its end',
      ],
    ],
    [
      'takes an empty password',
      users((name, given) => (name === 'alice' && (given === pw || given === '') ? alice : undefined)),
      ['nobody is signed in by an empty password'],
    ],
    [
      'ignores the case of passwords',
      users((name, given) => (name === 'alice' && alike(given, pw, upper) ? alice : undefined)),
      ['nobody is signed in by a password in another letter case'],
    ],
    [
      'trims passwords',
      users((name, given) => (name === 'alice' && alike(given, pw, trimmed) ? alice : undefined)),
      ['nobody is signed in by a password with a space behind'],
    ],
    [
      'reads a beginning of passwords',
      users((name, given) => (name === 'alice' && given !== '' && pw.startsWith(given) ? alice : undefined)),
      ['nobody is signed in by a password without its end'],
    ],
    [
      'ignores the case of usernames',
      users((name, given) => (alike(name, 'alice', upper) && given === pw ? alice : undefined)),
      ['nobody is signed in by a username in another letter case'],
    ],
    [
      'trims usernames',
      users((name, given) => (alike(name, 'alice', trimmed) && given === pw ? alice : undefined)),
      ['nobody is signed in by a username with a space behind'],
    ],
    [
      'takes unknown users',
      users((name, given) =>
        given === pw && name.length > 5 && !name.endsWith(' ')
          ? { ...alice, username: username(name) }
          : name === 'alice' && given === pw
            ? alice
            : undefined,
      ),
      ['nobody is signed in by the name of nobody, with as little told as of a wrong password'],
    ],
    [
      'reads a beginning of usernames',
      users((name, given) => ('alice'.startsWith(name) && given === pw ? alice : undefined)),
      ['nobody is signed in by a username without its end'],
    ],

    [
      'reads no token',
      found(() => true),
      [
        'no session is found by an empty token',
        'no session is found by a wrong token',
        'no session is found by a token in another letter case',
        'no session is found by a token with a space behind',
        'no session is found by a token without its end',
        "no session is found by another's token",
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'takes an empty token',
      found((kept, given) => kept === given || given === ''),
      [
        'no session is found by an empty token',
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'reads an end of tokens',
      found((kept, given) => given.endsWith(kept)),
      [
        'no session is found by a wrong token',
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'ignores the case of tokens',
      found((kept, given) => alike(kept, given, upper)),
      [
        'no session is found by a token in another letter case',
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'trims tokens',
      found((kept, given) => alike(kept, given, trimmed)),
      [
        'no session is found by a token with a space behind',
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'reads a beginning of tokens',
      found((kept, given) => given !== '' && kept.startsWith(given)),
      [
        'no session is found by a token without its end',
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'never ends a session',
      hooksThatDoNothing,
      ['a session is not found once it has expired', 'a session is not found once its user has changed password'],
    ],
    [
      'keeps no session',
      sessions(() => ({ findSession: () => answer(none) })),
      [
        'a started session is found, by its id and token, as its user',
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    ...[
      ['of another user', { user: { ...alice, username: username('bob') } }] as const,
      ['of another id', { id: 7 }] as const,
      ['of another token', { token: secret('another') }] as const,
    ].map(
      ([which, difference]) =>
        [
          `gives a session ${which}`,
          sessions((kept) => ({
            findSession: (id: number, token: ReturnType<typeof secret>) => async () => {
              const session = await kept.findSession(id, token)();
              return session._tag === 'Right' && session.right._tag === 'Some'
                ? right(some({ ...session.right.value, ...difference }))
                : session;
            },
          })),
          ['a started session is found, by its id and token, as its user'],
        ] as const,
    ),
    [
      'finds sessions by token alone',
      sessions((_, all) => ({
        findSession: (__: number, token: ReturnType<typeof secret>) =>
          answer(fromNullable([...all.values()].find((session) => session.token.reveal() === token.reveal()))),
      })),
      [
        'no session is found by an unknown id',
        'no session is found by the largest id that a tablet can send',
        "no session is found by another's token",
        'a session is not found once it has expired',
        'a session is not found once its user has changed password',
      ],
    ],
    [
      'has no room for large ids',
      sessions((kept) => ({
        findSession: (id: number, token: ReturnType<typeof secret>) => () =>
          id < 2 ** 31 ? kept.findSession(id, token)() : Promise.reject(new RangeError('out of range')),
      })),
      ['no session is found by the largest id that a tablet can send'],
    ],
  ];
})();

describe('each law is broken by a port that', () => {
  it.each(careless)('%s', async (_, spoil, laws) => {
    const { ports, subjects } = spoil(subject());
    expect(await brokenLaws(ports, subjects)).toEqual(laws);
  });

  const starting = (session: (count: number) => unknown): Ports<never> => {
    let count = 0;
    const { ports } = subject();
    return { ...ports, sessions: { ...ports.sessions, startSession: () => answer(untyped(session((count += 1)))) } };
  };
  it.each([
    [
      'a session is 0',
      () => ({ id: 0, token: secret('x'.repeat(22)) }),
      'the id of a session is a whole number above 0',
    ],
    [
      'a session is 1.5',
      () => ({ id: 1.5, token: secret('x'.repeat(22)) }),
      'the id of a session is a whole number above 0',
    ],
    [
      'a token is short',
      (id: number) => ({ id, token: secret('x'.repeat(21)) }),
      'a token has room for 128 random bits',
    ],
    [
      'ids repeat',
      (n: number) => ({ id: 1, token: secret(`${String(n)}${'x'.repeat(22)}`) }),
      'two sessions differ in their ids and in their tokens',
    ],
    [
      'tokens repeat',
      (id: number) => ({ id, token: secret('x'.repeat(22)) }),
      'two sessions differ in their ids and in their tokens',
    ],
  ])('%s', async (_, session, law) => {
    expect(await brokenLaws(starting(session), subject().subjects)).toContain(law);
  });

  it('takes a token that is the same in another letter case', async () => {
    const { ports, subjects } = subject({ firstSession: { id: 1, token: '1234567890'.repeat(4) } });
    expect(await brokenLaws(ports, subjects)).toEqual([]);
  });

  it('takes a token that has just enough room', async () => {
    const enough = starting((id) => ({ id, token: secret('x'.repeat(22)) }));
    expect(await brokenLaws(enough, subject().subjects)).not.toContain('a token has room for 128 random bits');
  });

  it('says how it was broken', async () => {
    const { ports, subjects } = subject();
    const all = Object.fromEntries(careless.map(([what, spoil]) => [what, spoil] as const));
    const toldOf = async (what: string): Promise<ReadonlySet<string>> => {
      const spoilt = all[what]?.(subject()) ?? { ports, subjects };
      return new Set((await verdicts(spoilt.ports, spoilt.subjects)).values());
    };
    expect(await toldOf('knows no device')).toEqual(new Set(['the device was not found, or has another name']));
    expect(await toldOf('ignores the case of devices')).toEqual(new Set(['a device was found']));
    expect(await toldOf('takes any password')).toEqual(new Set(['a user was signed in']));
    expect(await toldOf('signs in as another')).toEqual(
      new Set(['no user, or one of another name', 'its id, token or user is another', 'the session was found']),
    );
    expect(await toldOf('reads no token')).toEqual(new Set(['a session was found', 'the session was found']));
    expect(await toldOf('keeps no session')).toEqual(
      new Set(['the session was not found', 'the session was not found before']),
    );
    const of = async (broken: Ports<unknown>, law: string) => (await verdicts(broken, subjects)).get(law);
    const same = { id: 0, token: secret('short') };
    const odd = starting(() => same);
    expect(await of(odd, 'the id of a session is a whole number above 0')).toBe('it is not');
    expect(await of(odd, 'a token has room for 128 random bits')).toBe('it has fewer than 22 characters');
    expect(await of(odd, 'two sessions differ in their ids and in their tokens')).toBe('they do not');
    const refusing = { ...ports, users: { authenticate: () => answer(none) } };
    expect(await of(refusing, 'nobody is signed in by an empty password')).toBe(
      'the right password was refused afterwards',
    );
    expect(await of(refusing, 'a token has room for 128 random bits')).toBe(
      'a port was at fault: Error: the right password was refused',
    );
    const down = { ...ports, devices: { findDeviceByName: () => () => Promise.resolve(left('down')) } };
    expect(await of(down, 'a registered device is found by its name')).toBe('a port was at fault: Error: down');
    const wordless: Error = untyped(Object.create(null));
    const failing = (fail: () => Promise<never>) => ({ ...ports, devices: { findDeviceByName: () => fail } });
    const rejecting = failing(() => Promise.reject(wordless));
    expect(await of(rejecting, 'a registered device is found by its name')).toBe('a port was at fault: object');
    const answering = failing(() => Promise.resolve(untyped(left(wordless))));
    expect(await of(answering, 'a registered device is found by its name')).toBe('a port was at fault: Error: object');
  });

  it('is at fault, throws, or refuses the right password', async () => {
    const { ports, subjects } = subject();
    const all = portLaws(ports, subjects).map(({ name }) => name);
    const down = () => () => Promise.resolve(left('down'));
    const faulty: Ports<string> = {
      devices: { findDeviceByName: down },
      users: { authenticate: down },
      sessions: ports.sessions,
    };
    expect(await brokenLaws(faulty, subjects)).toEqual(all);
    const throwing = untyped({ findDeviceByName: untyped(undefined) });
    expect(await brokenLaws({ ...ports, devices: throwing }, subjects)).toEqual(
      all.filter((name) => name.includes('device')),
    );
    const refusing = { ...ports, users: { authenticate: () => answer(none) } };
    expect(await brokenLaws(refusing, subjects)).toEqual(all.filter((name) => !name.includes('device')));
  });
});
