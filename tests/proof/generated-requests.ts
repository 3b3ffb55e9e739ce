/** Servers and forms by the hundred thousand, from a seed: weighted so that every rule of the model is met. */
import {
  modelOperations,
  type ModelAnswer,
  type ModelForm,
  type ModelInterval,
  type ModelPolicy,
  type ModelServer,
  type ModelUser,
  type ModelWorld,
} from './model.js';

/** A number from 0 to below 1. */
export type Random = () => number;

/** Marsaglia's xorshift of 32 bits (Journal of Statistical Software 8, 2003): good enough to pick with. */
export const randomFrom = (seed: number): Random => {
  // Spread out, since seeds that are near each other begin alike; never 0, which would stay 0.
  let state = Math.imul(seed, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const chance = (random: Random, share: number): boolean => random() < share;

type Pool<A> = readonly [A, ...A[]];
const pick = <A>(random: Random, pool: Pool<A>): A => pool[below(random, pool.length)] ?? pool[0];
const some = <A>(random: Random, share: number, pool: readonly A[]): A[] => pool.filter(() => chance(random, share));

// Pools: what is lawful, what is nearly so, and what is not

const longest = 'n'.repeat(191);
const usernames: Pool<string> = ['alice', 'Alice', 'bob', 'carol', 'd,_-{}9', longest, '__proto__', 'constructor'];
const devices: Pool<string> = ['tablet-1', 'Tablet-1', '{4d1c8ee0-9a33-4f6b}', longest, 'constructor', '0'];
const passwords: Pool<string> = ['pw', 'PW', ' ', 'pw\n', 'pässwörd 💊', '\ud800'];
const tokens: Pool<string> = ['tok', 'TOK', 'a\r\nsuccess:1\\n', '🔑', ' tok', 'x:y'];
const texts: Pool<string> = [
  '',
  'ok',
  'a:b',
  'two\nlines',
  'success:1\r\nerror:x\\',
  '\\n',
  '\ud83d',
  '✓ café',
  '\u2028',
];
const notTexts: Pool<unknown> = [null, undefined, 7, true, [], ['POST'], {}, Symbol('x'), 1n, new Date(0)];

const oddNames: Pool<string> = [
  '',
  ' ',
  'a b',
  'tablet-1\n',
  'tablet-1 ',
  'é',
  'K',
  '0\u0660',
  `${longest}n`,
  'a.b',
  "a'",
];
const reserved: Pool<string> = ['server', 'SERVER', 'sErVeR', 'system', 'SYSTEM', 'System', 'servers', 'system,'];
const oddOperations: Pool<string> = [
  '',
  'nonsense',
  '__proto__',
  'toString',
  'UPLOAD_TABLE',
  'register\n',
  'a-b',
  ' ',
  'é',
  'x'.repeat(64),
  'x'.repeat(65),
];
const oddIds: Pool<string> = [
  ...([
    '',
    '0',
    '-501',
    '+501',
    '0501',
    '+0',
    ' 501',
    '501 ',
    '5e2',
    '0x1',
    '501.0',
    '٥٠١',
    '501\n',
    '+',
    '-',
  ] as const),
  ...(['9007199254740991', '9007199254740992', '9'.repeat(400)] as const),
];

export const versions: Pool<string> = [
  ...(['2.4.24', '2.4.24', '2.4.1', '2.3.4', '2.3.0', '2.2.8', '2.2.3', '2.0.5', '2.0.4', '2.0.3', '2.0.1'] as const),
  ...(['2.0.0', '1.99.9', '1.14.0', '1.5.0', '3.0.0', '3.9.9', '4.0.0', '4.1.0', '10.0.0', '0.0.0'] as const),
  ...(['2.0.0-rc.1', '2.0.1-0', '2.0.4-beta', '2.3.0-rc.1', '4.0.0-alpha.1', '2.0.0-rc.1.1', '2.0.0-rc.a'] as const),
  ...([
    '2.4.24+build.5',
    '2.0.4-x+y',
    '2.3.0+007',
    '1.14',
    '1.5',
    '1.06',
    '2',
    '2.0',
    '2.00',
    '2.3',
    '1.123',
    '04.1',
  ] as const),
];
export const oddVersions: Pool<string> = [
  ...([
    'v2.4.24',
    '2.4.24 ',
    '\n2.4.24',
    '2.4.24\n',
    '2.4',
    '2.4.',
    '.4',
    '2.04.0',
    '2.4.24.1',
    '2.4.24-',
    '2.4.24+',
  ] as const),
  ...(['2.4.24-01', '2.4.24-a..b', '٢.٤.٢٤', '-1.0.0', '1e3', '2.x', 'latest', '>=2.0.0', '2.4.24-é', '2,4'] as const),
  ...(['9007199254740991.0.0', '9007199254740992.0.0', '2.0.0-9007199254740991', '2.0.0-9007199254740992'] as const),
  ...([`2.0.0-${'a'.repeat(250)}`, `2.0.0-${'a'.repeat(251)}`, `0.${'0'.repeat(254)}`, '9'.repeat(17)] as const),
];

/** Of fields that are not ours, but look like it. */
export const otherNames: Pool<unknown> = [
  ...(['table', 'Operation', 'device ', 'password[]', 'record0', '', '__proto__', 7, null] as const),
  ...['username', 'deviceName', 'device_id', 'token', 'sessionid', 'version', 'SESSION_TOKEN', 'cmd', 'pwd'],
];

// Servers

const intervalsOf = (random: Random): readonly ModelInterval[] => {
  const [a, b, c, d] = pick<readonly [string, string, string, string]>(random, [
    ['1.5.0', '2.0.4', '2.3.0', '4.0.0'],
    ['0.0.1', '1.14.0', '2.0.0', '2.4.24'],
    ['2.0.0', '2.3.0', '2.4.0', '3.0.0'],
    ['2.0.1', '2.2.8', '2.2.9', '4.1.0'],
  ]);
  return pick(random, [
    [{ from: '2.0.0', to: null }],
    [{ from: a, to: null }],
    [{ from: a, to: d }],
    [
      { from: a, to: b },
      { from: c, to: d },
    ],
    [
      { from: a, to: b },
      { from: c, to: null },
    ],
  ]);
};

const policyOf = (random: Random): ModelPolicy => ({
  supported: intervalsOf(random),
  deprecated: chance(random, 0.5) ? intervalsOf(random) : [],
});

const userOf = (random: Random, username: string, id: number): ModelUser => ({
  id,
  username,
  password: pick(random, passwords),
  uploadGroupId: pick(random, [null, 0, 1, 1, 2]),
  superuser: chance(random, 0.2),
  memberships: some(random, 0.6, [0, 1, 1, 2]).map((groupId) => ({
    groupId,
    mayUpload: chance(random, 0.6),
    mayRegisterDevices: chance(random, 0.6),
  })),
  ...(chance(random, 0.25) && { onlyDevice: pick(random, devices) }),
});

const worldOf = (random: Random): ModelWorld => ({
  devices: some(random, 0.6, devices).map((name, id) => ({ id, name })),
  users: some(random, 0.8, usernames).map((username, id) => userOf(random, username, id)),
  sessions: some(random, 0.7, usernames).map((username, id) => ({
    id: 501 + id,
    token: pick(random, tokens),
    username,
    ...(chance(random, 0.4) && { device: pick(random, devices) }),
  })),
  newSession: { id: 900, token: pick(random, tokens) },
  storesSessions: chance(random, 0.85),
});

const answerOf = (random: Random): ModelAnswer =>
  pick<ModelAnswer>(random, [
    { kind: 'nothing' },
    { kind: 'text', text: pick(random, texts) },
    { kind: 'fields', fields: ['a', 'Rows_2', '_'].map((key) => [key, pick(random, texts)] as const) },
    { kind: 'fields', fields: [] },
    { kind: 'refused', message: pick(random, texts) },
    { kind: 'fault' },
    { kind: 'throws' },
  ]);

export const serverOf = (random: Random): ModelServer => {
  const world = worldOf(random);
  const known = new Set(world.users.map(({ username }) => username));
  return {
    world: { ...world, sessions: world.sessions.filter(({ username }) => known.has(username)) },
    policy: policyOf(random),
    answers: some(random, 0.75, modelOperations).map((operation) => [operation, answerOf(random)]),
  };
};

// Forms

type Pair = readonly [name: unknown, value: unknown];
type Sent = Record<string, unknown>;

/** What a well-behaved tablet sends, or one whose user mistypes. */
const lawful = (random: Random, { users, devices: registered, sessions }: ModelWorld): Sent => {
  const sent: Sent = { camcops_version: pick(random, versions) };
  if (chance(random, 0.97)) sent['operation'] = pick(random, ['upload_table', ...modelOperations]);
  const user = chance(random, 0.9) ? users[below(random, users.length)] : undefined;
  const own = sessions.find(({ username }) => username === user?.username);
  const device = chance(random, 0.7) ? registered[below(random, registered.length)]?.name : undefined;
  const expected = chance(random, 0.5) ? (user?.onlyDevice ?? own?.device) : undefined;
  if (chance(random, 0.95)) sent['device'] = expected ?? device ?? pick(random, devices);
  if (chance(random, 0.95)) sent['user'] = user?.username ?? pick(random, usernames);
  if (chance(random, 0.85)) sent['password'] = chance(random, 0.8) ? user?.password : pick(random, passwords);
  if (chance(random, 0.6)) {
    const session = chance(random, 0.6) ? own : sessions[below(random, sessions.length)];
    sent['session_id'] = pick(random, ['', '', '+', '0']) + String(session?.id ?? 7);
    sent['session_token'] = chance(random, 0.9) ? session?.token : pick(random, tokens);
  }
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
};

const odd: Readonly<Record<string, Pool<string>>> = {
  operation: oddOperations,
  device: [...oddNames, ...reserved],
  user: [...oddNames, ...reserved],
  password: ['', ' ', 'pw ', 'wrong'],
  session_id: oddIds,
  session_token: ['', 'tok\n', 'wrong'],
  camcops_version: oddVersions,
};
const [first, ...rest] = Object.keys(odd);
const names: Pool<string> = [first ?? '', ...rest];

const shuffled = (random: Random, pairs: Pair[]): readonly Pair[] => {
  for (let at = pairs.length - 1; at > 0; at -= 1) {
    const other = below(random, at + 1);
    const [a, b] = [pairs[at], pairs[other]];
    if (a !== undefined && b !== undefined) [pairs[at], pairs[other]] = [b, a];
  }
  return pairs;
};

/** One of every few forms has something odd in it. */
export const formOf = (random: Random, world: ModelWorld): ModelForm => {
  const sent = lawful(random, world);
  while (chance(random, 0.2)) {
    const name = pick(random, names);
    sent[name] = chance(random, 0.25) ? pick(random, notTexts) : pick(random, odd[name] ?? texts);
  }
  if (chance(random, 0.04)) Reflect.deleteProperty(sent, pick(random, names));
  const pairs: Pair[] = Object.entries(sent);
  if (chance(random, 0.06)) {
    const name = pick(random, names);
    pairs.push([name, chance(random, 0.5) ? sent[name] : pick(random, texts)]);
  }
  if (chance(random, 0.2)) pairs.push([pick(random, otherNames), pick(random, [...texts, ...notTexts])]);
  return {
    method: chance(random, 0.98) ? 'POST' : pick(random, ['GET', 'post', 'POST ', '', ...notTexts]),
    pairs: shuffled(random, pairs),
  };
};
