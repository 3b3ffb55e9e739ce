/** What a tablet was told is stored is never lost: each way in which it could be is tried, and seen to be found in a store that loses. */
import { expect, it } from 'vitest';

import { savePassword } from '../../../examples/reference-server/accounts.js';
import type { Database, Query } from '../../../examples/postgres/database.js';
import { databasePorts, type Tablet as Device } from '../../../examples/postgres/ports.js';
import type { Account } from '../../../examples/postgres/users.js';
import { referenceHost } from '../../../examples/reference-server/tablets.js';
import { defaultAccounts } from '../../../examples/reference-server/patients.js';
import { limitedUsers } from '../../../examples/reference-server/sign-in.js';
import { signInLimits } from '../../../examples/reference-server/sign-in-limits.js';
import { tablet, type Post, type Tablet } from '../../../examples/tablets-day/tablet.js';
import { handleTabletRequest } from '../../../src/index.js';
import {
  noUploads,
  operationHandlers,
  uploadTransition,
  type UploadState,
  type UploadStore,
} from '../../../src/operations/index.js';
import { camcopsTables } from '../../../src/tables/index.js';
import { username } from '../../support/fixtures.js';
import { versionsIn } from '../../support/history.js';
import { onEachDatabase, password, passwordCost, serving } from '../../support/reference-server.js';

/** Records in a few letters: `1a` has key 1 and value `a`, `1b+` is of the next day, `*` marks it as about to leave. */
const literals = (record: string): string =>
  [
    record.charAt(0),
    `'${record.charAt(1)}'`,
    `'2026-03-0${record.includes('+') ? '2' : '1'}T12:00:00.000+00:00'`,
    record.includes('*') ? '1' : '0',
  ].join();
const columns = ['id', 'comment', 'when_last_modified', '_move_off_tablet'];
const list = (records: string): readonly string[] => records.split(' ').filter((record) => record !== '');

type Fields = Readonly<Record<string, string>>;
type Step = readonly [operation: string, fields?: Fields];
const start: Step = ['start_upload'];
const end: Step = ['end_upload'];
const table = (records: string): Step => {
  const sent = list(records).map((record, at) => [`record${String(at)}`, literals(record)] as const);
  const about = { table: 'bmi', pkname: 'id', fields: columns.join(), nrecords: String(sent.length) };
  return ['upload_table', { ...about, ...Object.fromEntries(sent) }];
};
const record = (one: string): Step => [
  'upload_record',
  { table: 'bmi', pkname: 'id', fields: columns.join(), values: literals(one) },
];
const whole = (records: string, finalizing = '0'): Step => {
  const rows = list(records).map((one) => {
    const values = literals(one).split(',');
    return Object.fromEntries(columns.map((column, at) => [column, values[at]]));
  });
  return ['upload_entire_database', { finalizing, pknameinfo: '{"bmi":"id"}', dbdata: JSON.stringify({ bmi: rows }) }];
};

/** A server, and what it holds. */
interface World {
  readonly db: Database;
  readonly post: Post;
}

/** One device of its own. Each `session` signs in anew. */
const deviceIn = async ({ db, post }: World, name: string) => {
  const session = (user = 'alice', given = password): Tablet =>
    tablet(post, { camcops_version: '2.4.24', device: name, user, password: given });
  await session().ask('register');
  return {
    session,
    /** Each version: its key, value, state, user and group. */
    history: async (): Promise<readonly string[]> =>
      (await versionsIn(db, name)).map(
        ({ key, row, state, finalized, added_by, group_name }) =>
          `${String(key)} ${String(row.values[row.columns.indexOf('comment')])} ${state}${finalized ? ' finalized' : ''} ${added_by} ${group_name}`,
      ),
  };
};

/** Whether it was served, or with which words it was refused. */
const ask = async (one: Tablet, [operation, fields]: Step): Promise<string> => {
  const { reply } = await one.ask(operation, fields);
  return reply.body.includes('success:1\n')
    ? 'served'
    : (/^error:(.*)$/m.exec(reply.body)?.[1] ?? String(reply.status));
};
const inTurn = async (...asked: readonly (readonly [Tablet, Step])[]): Promise<readonly string[]> => {
  const answers: string[] = [];
  for (const [one, step] of asked) answers.push(await ask(one, step));
  return answers;
};

const noUpload = 'No upload is under way: please start the upload again';

/** All orders in which the requests of two uploads may arrive. */
const orders = (one: number, other: number): readonly string[] => {
  if (one === 0 || other === 0) return ['a'.repeat(one) + 'b'.repeat(other)];
  return [...orders(one - 1, other).map((rest) => `a${rest}`), ...orders(one, other - 1).map((rest) => `b${rest}`)];
};

type Scenario = (world: World, name: string) => Promise<void>;

const scenarios: Readonly<Record<string, Scenario>> = {
  'a late start of another session ends the upload, and its next step is refused': async (world, name) => {
    const device = await deviceIn(world, name);
    const [one, late] = [device.session(), device.session()];
    const answers = await inTurn([one, start], [one, table('1a')], [late, start], [one, table('2b')], [one, end]);
    expect(answers).toEqual(['served', 'served', 'served', noUpload, noUpload]);
    expect(await device.history()).toEqual([]);
  },

  'a late start of the same session is refused, and nothing is forgotten': async (world, name) => {
    const device = await deviceIn(world, name);
    const one = device.session();
    const answers = await inTurn([one, start], [one, table('1a')], [one, start], [one, end]);
    expect(answers).toEqual([
      'served',
      'served',
      'This upload has already begun: please start the upload again',
      'served',
    ]);
    expect(await device.history()).toEqual(['1 a current alice clinic']);
  },

  'a late end of another session is refused': async (world, name) => {
    const device = await deviceIn(world, name);
    const [one, late] = [device.session(), device.session()];
    const answers = await inTurn([one, start], [one, table('1a')], [late, end], [one, record('2b')], [one, end]);
    expect(answers).toEqual(['served', 'served', noUpload, 'served', 'served']);
    expect(await device.history()).toEqual(['1 a current alice clinic', '2 b current alice clinic']);
  },

  'whatever the order of two uploads, what was acknowledged is stored, and what is refused is not': async (
    world,
    name,
  ) => {
    const stepwise = (value: string): readonly Step[] => [start, table(`1${value} 2${value}`), end];
    const uploads: readonly (readonly [a: readonly Step[], b: readonly Step[]])[] = [
      [stepwise('a'), stepwise('b+')],
      [stepwise('a'), [whole('1b+ 2b+')]],
    ];
    for (const [a, b] of uploads) {
      for (const order of orders(a.length, b.length)) {
        const device = await deviceIn(world, `${name}-${String(b.length)}-${order}`);
        const tablets = { a: device.session(), b: device.session() };
        const told: Record<string, string[]> = { a: [], b: [] };
        for (const who of order) {
          const step = who === 'a' ? a[told['a']?.length ?? 0] : b[told['b']?.length ?? 0];
          if (step !== undefined) told[who]?.push(await ask(who === 'a' ? tablets.a : tablets.b, step));
        }
        const stored = (await device.history()).map((version) => version.slice(0, 3)).sort();
        const acknowledged = ['a', 'b'].flatMap((who) =>
          told[who]?.at(-1) === 'served' ? [`1 ${who}`, `2 ${who}`] : [],
        );
        expect([order, told, stored]).toEqual([order, told, acknowledged.sort()]);
      }
    }
  },

  'keys that come again are other records': async (world, name) => {
    const device = await deviceIn(world, name);
    const answers = await inTurn(
      [device.session(), whole('1a*')],
      [device.session(), whole('1b*')],
      [device.session(), whole('1c')],
    );
    expect(answers).toEqual(['served', 'served', 'served']);
    expect(await device.history()).toEqual([
      '1 a current finalized alice clinic',
      '1 b current finalized alice clinic',
      '1 c current alice clinic',
    ]);
  },

  'records that the tablet deleted, or changed, are still there': async (world, name) => {
    const device = await deviceIn(world, name);
    await inTurn([device.session(), whole('1a 2b')], [device.session(), whole('1c+')]);
    expect(await device.history()).toEqual([
      '1 a superseded alice clinic',
      '2 b deleted alice clinic',
      '1 c current alice clinic',
    ]);
  },

  'a request that is sent again counts once, in turn and while the first is at work': async (world, name) => {
    const day: readonly Step[] = [
      start,
      ['start_preservation'],
      ['upload_empty_tables', { tables: 'phq9,gad7' }],
      table('1a 2a'),
      ['delete_where_key_not', { table: 'bmi', pkname: 'id', pkvalues: '1,2,3' }],
      [
        'which_keys_to_send',
        {
          table: 'bmi',
          pkname: 'id',
          pkvalues: '1,2,3',
          datevalues: Array.from({ length: 3 }, () => '2026-03-01T12:00:00.000+00:00').join(),
          move_off_tablet_values: '0,0,0',
        },
      ],
      record('3a'),
      end,
    ];
    const finalized = [1, 2, 3].map((key) => `${String(key)} a current finalized alice clinic`);
    for (const [steps, stored] of [
      [day, finalized],
      [[whole('1a 2a 3a', '1')], finalized],
    ] as const) {
      for (const [place, again] of steps.entries()) {
        for (const times of [2, 4]) {
          for (const how of ['in turn', 'at once']) {
            const device = await deviceIn(
              world,
              `${name}-${String(steps.length)}-${String(place)}-${String(times)}-${how.replace(' ', '-')}`,
            );
            const one = device.session();
            await ask(one, ['check_upload_user_and_device']);
            for (const [at, step] of steps.entries()) {
              const asked = Array.from({ length: at === place ? times : 1 }, () => step);
              const answers =
                how === 'in turn'
                  ? await inTurn(...asked.map((each) => [one, each] as const))
                  : await Promise.all(asked.map((each) => ask(one, each)));
              expect([again[0], times, how, ...new Set(answers)]).toEqual([again[0], times, how, 'served']);
            }
            expect([again[0], times, how, ...(await device.history())]).toEqual([again[0], times, how, ...stored]);
          }
        }
      }
    }
  },

  'each version has the names of its own user and group, and keeps them': async (world, name) => {
    const device = await deviceIn(world, name);
    const answers = await inTurn(
      [device.session('alice'), whole('1a 2a')],
      [device.session('bob'), whole('1b+ 2a')],
      [device.session('carol'), whole('1b+ 2c+ 3c')],
    );
    expect(answers).toEqual(['served', 'served', 'served']);
    expect(await device.history()).toEqual([
      '1 a superseded alice clinic',
      '2 a superseded alice clinic',
      '1 b current bob clinic',
      '3 c current carol ward',
      '2 c current carol ward',
    ]);
  },

  'a password that is changed in the middle ends the upload, which the tablet begins again': async (world, name) => {
    const device = await deviceIn(world, name);
    const user = `user-${name}`.toLowerCase().replace(/[^a-z-]/g, '');
    await savePassword(world.db, username(user), password, 'clinic', passwordCost);
    const [before, after] = [device.session(user), device.session(user, 'changed')];
    await inTurn([device.session('alice'), whole('1a')]);
    const first = await inTurn([before, start], [before, table('1b+')]);
    await savePassword(world.db, username(user), 'changed', 'clinic', passwordCost);
    const then = await inTurn([before, end], [after, end], [after, start], [after, table('1c+')], [after, end]);
    expect([...first, ...then]).toEqual([
      'served',
      'served',
      'Invalid username/password (or user not authorized)',
      noUpload,
      'served',
      'served',
      'served',
    ]);
    expect(await device.history()).toEqual(['1 a superseded alice clinic', `1 c current ${user} clinic`]);
  },
};

/** A database whose queries are changed. */
const rewritten = (db: Database, rewrite: (sql: string) => string): Database => {
  const changed =
    (query: Query): Query =>
    (sql, values, seconds) =>
      query(rewrite(sql), values, seconds);
  return { ...db, query: changed(db.query), transaction: (work) => db.transaction((query) => work(changed(query))) };
};

type Uploads = UploadStore<unknown, Device, Account>;

interface Lossy {
  readonly sql?: (sql: string) => string;
  readonly uploads?: (store: Uploads) => Uploads;
}

/** A server whose device remembers something else. */
const remembering = (lie: (state: UploadState, own: string | null) => Partial<UploadState>): Lossy => ({
  uploads: (store) => ({
    ...store,
    transact: (admission, transition) => {
      const { underWay } = uploadTransition(admission)({ type: 'begin' })(noUploads).state;
      return store.transact(admission, (state) => transition({ ...state, ...lie(state, underWay) }));
    },
  }),
});
/** Whatever is under way counts as the upload of whoever asks. */
const oneUpload = remembering(({ underWay }, own) => ({ underWay: underWay === null ? null : own }));
const instead = (of: string, sql: string): Lossy => ({ sql: (text) => text.replace(of, sql) });

/** For each scenario, in order, servers that lose what it is about. */
const lossy: readonly (readonly Lossy[])[] = [
  [oneUpload],
  [remembering(() => ({ hasStaged: false }))],
  [oneUpload],
  [oneUpload],
  [instead('removed_in is null and finalized_in is null', 'removed_in is null')],
  [instead('removed_in = $1', 'removed_in = $1, finalized_in = $1')],
  [remembering(() => ({ finished: null })), remembering(() => ({ whole: null }))],
  [instead('values ($1, $2, $3, $4, $5,', `values ($1, $2, left($3, 0) || 'alice', $4, $5,`)],
  [
    instead(
      'password_version as "passwordVersion", device,',
      '(select u.password_version from users u where u.id = user_id) as "passwordVersion", device,',
    ),
  ],
];

onEachDatabase(({ open }) => {
  const db = open();
  const cases = Object.entries(scenarios);

  it.for(cases.map(([name, scenario], at) => [name, scenario, at] as const))('%s', async ([, scenario, at]) => {
    const { post, stop } = await serving({ db });
    await scenario({ db, post }, `device-${String(at)}`);
    await stop();
  });

  const losers = cases.flatMap(([name, scenario], at) =>
    (lossy[at] ?? []).map((loser, which) => [name, scenario, `lossy-${String(at)}-${String(which)}`, loser] as const),
  );
  it('each has a server that loses', () => {
    expect(new Set(losers.map(([name]) => name)).size).toBe(cases.length);
  });
  it.for(losers)('on a server that loses, it is seen that not: %s', async ([, scenario, device, loser]) => {
    const { sql = (text: string) => text, uploads = (store: Uploads) => store } = loser;
    const changed = rewritten(db, sql);
    const limits = signInLimits(changed);
    const options = { tables: camcopsTables, title: 'lossy', passwordCost, patientAccounts: defaultAccounts };
    const host = referenceHost(changed, limits, options);
    const handlers = operationHandlers({ ...host, uploads: uploads(host.uploads) });
    const handle = handleTabletRequest({
      ports: databasePorts(changed, limitedUsers(changed, limits, passwordCost)),
      handlers,
    });
    const post: Post = (body) => handle({ method: 'POST', fields: new URLSearchParams(body) })();
    await expect(scenario({ db, post }, device)).rejects.toThrow(/^expected .* to deeply equal/s);
  });
});
