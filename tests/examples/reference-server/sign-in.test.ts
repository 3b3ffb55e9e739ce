/** Who may sign in to the reference server: limits of failures, passwords of other servers, what is kept, and what is told of whom. */
import type * as argon2Module from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import type * as bcryptModule from '@node-rs/bcrypt';
import { left } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import { expect, it, vi } from 'vitest';

import { savePassword, saveUser } from '../../../examples/reference-server/accounts.js';
import { asClient, networkOf } from '../../../examples/reference-server/client.js';
import type { Query } from '../../../examples/postgres/database.js';
import { isOutdated, limitedUsers } from '../../../examples/reference-server/sign-in.js';
import { signInLimits, unlockSql } from '../../../examples/reference-server/sign-in-limits.js';
import { secret } from '../../../src/index.js';
import { rightOf } from '../../support/decoded.js';
import { username } from '../../support/fixtures.js';
import { onEachDatabase, password, passwordCost, serving } from '../../support/reference-server.js';

/** The kinds of hash that passwords were tried on. */
const tried = vi.hoisted((): string[] => []);
vi.mock('@node-rs/argon2', async (original) => {
  const { verify, ...others } = await original<typeof argon2Module>();
  const counted: typeof verify = (...given) => {
    tried.push('argon2');
    return verify(...given);
  };
  return { ...others, verify: counted };
});
vi.mock('@node-rs/bcrypt', async (original) => {
  const { verify, ...others } = await original<typeof bcryptModule>();
  const counted: typeof verify = (...given) => {
    tried.push('bcrypt');
    return verify(...given);
  };
  return { ...others, verify: counted };
});

onEachDatabase(({ open }) => {
  const db = open();

  const signingIn = (cost = passwordCost, query: Query = (sql, values) => db.query(sql, values)) => {
    const users = limitedUsers({ ...db, query }, signInLimits({ ...db, query }), cost);
    return (name: string, given: string, device = 'tablet-1', address = '10.0.0.1'): Promise<boolean> =>
      asClient({ address, device, signal: new AbortController().signal }, async () =>
        isSome(rightOf(await users.authenticate(username(name), secret(given))())),
      );
  };
  const guesses = (count: number) => Array.from({ length: count }, (_, n) => `guess ${String(n)}`);

  it('too many failures lock an account, but not on the device where its user has signed in before', async () => {
    await savePassword(db, username('dora'), password, 'clinic', passwordCost);
    const signIn = signingIn();
    expect(await signIn('dora', password, 'own tablet')).toBe(true);
    for (const guess of guesses(10)) expect(await signIn('dora', guess, 'another')).toBe(false);
    expect(await signIn('dora', password, 'another')).toBe(false);
    expect(await signIn('dora', password, 'own tablet')).toBe(true);
    for (const guess of guesses(10)) expect(await signIn('dora', guess, 'own tablet')).toBe(false);
    expect(await signIn('dora', password, 'own tablet')).toBe(false);
    expect(
      await db.query(`select event, address from audit where event = 'locked-out' and username = 'dora' order by id`),
    ).toEqual([
      { event: 'locked-out', address: '10.0.0.1' },
      { event: 'locked-out', address: '10.0.0.1' },
    ]);
    await db.query(unlockSql, ['dora']);
    expect([await signIn('dora', password, 'another'), await signIn('dora', password, 'own tablet')]).toEqual([
      true,
      true,
    ]);
  });

  it('failures that are not in a row do not lock', async () => {
    await savePassword(db, username('emil'), password, 'clinic', passwordCost);
    const signIn = signingIn();
    for (let round = 0; round < 3; round += 1) {
      for (const guess of guesses(9)) expect(await signIn('emil', guess)).toBe(false);
      expect(await signIn('emil', password)).toBe(true);
    }
  });

  it('guessing many accounts from one address is slow, but those known on their devices go on', async () => {
    const signIn = signingIn();
    expect(await signIn('alice', password, 'own tablet', 'ward 2')).toBe(true);
    expect(await signIn('bob', password, 'own tablet', 'ward 3')).toBe(true);
    const all = guesses(60).map((guess, n) => signIn(`nobody-${String(n % 20)}`, guess, 'any', 'ward 2'));
    expect(await signIn('alice', password, 'own tablet', 'ward 2')).toBe(true);
    await Promise.all(all);
    // Each leaves an entry, and those behind the limit say so.
    const left = await db.query<{ limit: string | null; count: number }>(
      `select details ->> 'limit' as limit, count(*) from audit where event = 'sign-in-failed' and address = 'ward 2' group by 1`,
    );
    const counts = new Map(left.map(({ limit, count }) => [limit, count]));
    expect(left.reduce((sum, { count }) => sum + count, 0)).toBe(60);
    expect(counts.get('address')).toBeGreaterThan(25);
    expect(await signIn('bob', password, 'new tablet', 'ward 2')).toBe(false);
    expect(await signIn('bob', password, 'new tablet', 'ward 3')).toBe(true);
    expect(await signIn('alice', password, 'own tablet', 'ward 2')).toBe(true);
  });

  it('all addresses of an IPv6 network are one, and the audit has each', async () => {
    const signIn = signingIn();
    for (const [n, guess] of guesses(30).entries())
      expect(await signIn(`nobody-${String(n)}`, guess, 'any', `2001:db8:6:7::${String(n)}`)).toBe(false);
    expect(await signIn('bob', password, 'of IPv6', '2001:db8:6:7:8::')).toBe(false);
    expect(await signIn('bob', password, 'of IPv6', '2001:db8:6:8::')).toBe(true);
    const addresses = `select distinct address from audit where address like '2001:db8:6:7:%'`;
    expect(await db.query(addresses)).toHaveLength(31);
  });

  it('the same wrong password, sent again at once, is one failure: an upload sends it twice', async () => {
    await savePassword(db, username('kate'), password, 'clinic', passwordCost);
    const signIn = signingIn();
    for (const guess of [...guesses(9), ...guesses(9)]) {
      expect(await signIn('kate', guess, 'tablet-1', 'ward 4')).toBe(false);
    }
    expect(await signIn('kate', password, 'tablet-1', 'ward 4')).toBe(true);
    expect(await db.query(`select event from audit where event = 'sign-in-failed' and username = 'kate'`)).toHaveLength(
      18,
    );
  });

  it('a hash that would take minutes is never tried, and keeps nobody else waiting', async () => {
    await saveUser(db.query, username('lena'), { passwordHash: `$2b$31$${'x'.repeat(53)}`, group: 'clinic' });
    const signIn = signingIn();
    expect([await signIn('lena', password), await signIn('alice', password)]).toEqual([false, true]);
  });

  it('an unknown, a known and a locked user take the same steps', async () => {
    const asked: string[] = [];
    const signIn = signingIn(passwordCost, (sql, values) => {
      asked.push(sql);
      return db.query(sql, values);
    });
    await savePassword(db, username('fred'), password, 'clinic', passwordCost);
    const stepsFor = async (name: string, given: string): Promise<readonly string[]> => {
      expect(await signIn(name, given, 'tablet-1', `of ${name}`)).toBe(false);
      return asked.splice(0);
    };
    const known = await stepsFor('fred', 'wrong');
    expect(known.length).toBeGreaterThan(1);
    for (const name of ['nobody', 'nobody']) expect(await stepsFor(name, 'wrong')).toEqual(known);
    for (const guess of guesses(10)) await signIn('fred', guess, 'tablet-1', 'of the guesser');
    asked.splice(0);
    expect(await stepsFor('fred', password)).toEqual(known);
    // So do those whose address has failed too often.
    for (const guess of guesses(30)) await signIn('nobody', guess, 'tablet-1', 'of all');
    for (const name of ['fred', 'nobody', 'alice']) {
      asked.splice(0);
      expect(await signIn(name, 'wrong', 'tablet-1', 'of all')).toBe(false);
      expect(asked).toEqual(known);
    }
  });

  it("a bcrypt hash of CamCOPS's own server is taken, and hashed anew; so is one that was cheaper", async () => {
    const hashOf = async (): Promise<string> =>
      (await db.query<{ password_hash: string }>(`select password_hash from users where username = 'gina'`))[0]
        ?.password_hash ?? '';
    await saveUser(db.query, username('gina'), { passwordHash: await bcrypt(password, { cost: 4 }), group: 'clinic' });
    expect(await signingIn()('gina', 'wrong')).toBe(false);
    expect(await signingIn()('gina', password)).toBe(true);
    const first = await hashOf();
    expect(first).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
    const dearer = { memoryCost: 16, timeCost: 2 };
    expect(await signingIn(dearer)('gina', password)).toBe(true);
    const second = await hashOf();
    expect(second).toMatch(/^\$argon2id\$v=19\$m=16,t=2,p=1\$/);
    expect([await signingIn()('gina', password), await hashOf()]).toEqual([true, second]);
    expect(isOutdated(dearer, second)).toBe(false);
  });

  it('a hash may be made anew while the password is checked, but the password may not change', async () => {
    const name = username('mary');
    const other = signingIn();
    for (const [meanwhile, isSignedIn, events] of [
      [() => other('mary', password, 'tablet-2'), true, ['sign-in', 'sign-in']],
      [() => savePassword(db, name, password, 'clinic', passwordCost), false, ['admin', 'sign-in-failed']],
    ] as const) {
      const [last] = await db.query<{ id: number }>('select max(id) as id from audit');
      const passwordHash = await bcrypt(password, { cost: 4 });
      await saveUser(db.query, name, { passwordHash, group: 'clinic' });
      const signIn = signingIn(passwordCost, async <Row>(sql: string, values?: readonly unknown[]) => {
        const rows = await db.query<Row>(sql, values);
        if (sql.includes('hash_kind')) await meanwhile();
        return rows;
      });
      expect(await signIn('mary', password)).toBe(isSignedIn);
      const entries = `select event from audit where username = 'mary' and id > $1 order by id`;
      expect((await db.query<{ event: string }>(entries, [last?.id])).map(({ event }) => event)).toEqual(events);
    }
  });

  it('whatever hash a user has, and if there is no such user, a password is tried on the same kinds', async () => {
    const signIn = signingIn();
    const triedFor = async (name: string): Promise<readonly string[]> => {
      tried.length = 0;
      expect(await signIn(name, 'wrong', 'tablet-1', `of ${name}`)).toBe(false);
      return [...tried].sort();
    };
    await savePassword(db, username('hugo'), password, 'clinic', passwordCost);
    const before = await triedFor('nobody');
    expect(new Set(before)).toEqual(new Set(['argon2']));
    expect(await triedFor('hugo')).toEqual(before);
    await saveUser(db.query, username('ines'), { passwordHash: await bcrypt(password, { cost: 4 }), group: 'clinic' });
    for (const name of ['nobody', 'hugo', 'ines']) expect(await triedFor(name)).toEqual([...before, 'bcrypt']);
    // Each user has the password of nobody else of the kind.
    await saveUser(db.query, username('jane'), { passwordHash: await bcrypt('another', { cost: 4 }), group: 'clinic' });
    expect([await signIn('ines', 'another'), await signIn('jane', password)]).toEqual([false, false]);
    expect([await signIn('ines', password), await signIn('jane', 'another')]).toEqual([true, true]);
    for (const name of ['nobody', 'hugo', 'ines']) expect(await triedFor(name)).toEqual(before);
  });

  it('whoever hangs up, or waits too long, is refused unchecked, and leaves an entry', async () => {
    const limits = signInLimits(db);
    const full = { ...limits, hashing: () => Promise.resolve(undefined) };
    const hungUp = 'the client hung up before its password was checked';
    const tooMany = 'too many passwords wait to be checked';
    for (const [address, queue, signal, why] of [
      ['gone', limits, AbortSignal.abort(), hungUp],
      ['patient', full, new AbortController().signal, tooMany],
    ] as const) {
      tried.length = 0;
      const users = limitedUsers(db, queue, passwordCost);
      const answer = asClient(
        { address, device: 'any', signal },
        users.authenticate(username('alice'), secret('wrong')),
      );
      expect([await answer, tried]).toEqual([left(new Error(why)), []]);
      expect(await db.query('select event, username, details from audit where address = $1', [address])).toEqual([
        { event: 'sign-in-failed', username: 'alice', details: { unchecked: why } },
      ]);
    }
  });

  it('whoever hangs up is not waited for by those behind them', async () => {
    const limits = signInLimits(db);
    const users = limitedUsers(db, limits, passwordCost);
    const gone = { address: 'ward 5', device: 'any', signal: AbortSignal.abort() };
    const guess = () => asClient(gone, users.authenticate(username('alice'), secret('wrong')));
    await Promise.all(Array.from({ length: 5 }, guess));
    const count = `select count(*) from audit where address = 'ward 5'`;
    expect(await db.query(count)).toEqual([{ count: 5 }]);
    const here = { ...gone, signal: new AbortController().signal };
    const answer = await asClient(here, users.authenticate(username('alice'), secret(password)));
    expect(isSome(rightOf(answer))).toBe(true);
  });

  it('whoever hangs up again and again, or waits too long, reaches the limit of the address, beyond which no entry is left', async () => {
    const limits = signInLimits(db);
    const users = limitedUsers(db, limits, passwordCost);
    const full = limitedUsers(db, { ...limits, hashing: () => Promise.resolve(undefined) }, passwordCost);
    const here = { address: 'ward 6', device: 'any of ward 6', signal: new AbortController().signal };
    const gone = { ...here, signal: AbortSignal.abort() };
    for (let n = 0; n < 20; n += 1) {
      await asClient(gone, users.authenticate(username('alice'), secret('wrong')));
      await asClient(here, full.authenticate(username('alice'), secret('wrong')));
    }
    expect(await db.query(`select count(*) from audit where address = 'ward 6'`)).toEqual([{ count: 30 }]);
    const answer = await asClient(here, users.authenticate(username('bob'), secret(password)));
    expect(isSome(rightOf(answer))).toBe(false);
    expect(await db.query(`select details from audit where address = 'ward 6' and username = 'bob'`)).toEqual([
      { details: { limit: 'address' } },
    ]);
  });

  it('the database keeps no password and no token in clear', async () => {
    const { tablet, stop } = await serving({ db });
    const { reply } = await tablet('Tablet-1').ask('register');
    await stop();
    const token = /session_token:(.+)/.exec(reply.body)?.[1] ?? 'no token';
    const dump = JSON.stringify(await db.query('select u.*, s.* from users u join sessions s on s.user_id = u.id'));
    expect(token.length).toBeGreaterThan(40);
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(password);
  });

  it('what was stored cannot be changed or deleted, and neither can the audit', async () => {
    const { tablet, stop } = await serving({ db });
    const { ask } = tablet('Tablet-2');
    await ask('register');
    const row = { id: '1', when_last_modified: "'2026-03-01T12:00:00.000+00:00'", _move_off_tablet: '1' };
    await ask('upload_entire_database', {
      finalizing: '1',
      pknameinfo: '{"bmi":"id"}',
      dbdata: JSON.stringify({ bmi: [row] }),
    });
    await stop();
    for (const sql of [
      `update records set values = '{}'`,
      'update records set finalized_in = null',
      'delete from records',
      'delete from uploads',
      'update uploads set user_id = 2',
      'delete from audit',
    ]) {
      await expect(db.query(sql)).rejects.toThrow('history is never changed');
    }
    const [last] = await db.query(`select event, username, device, details from audit order by id desc limit 1`);
    expect(last).toEqual({
      ...{ event: 'upload', username: 'alice', device: 'Tablet-2' },
      details: { finalizing: true, bmi: { added: 1, superseded: 0, removed: 0, finalized: 1 } },
    });
  });
});

it.each([
  ['10.0.0.7', '10.0.0.7'],
  ['::ffff:10.0.0.7', '10.0.0.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2:3::', '2001:db8:1:2'],
  ['2001:db8:1:2::3', '2001:db8:1:2'],
  ['2001:db8::3:4:5:6', '2001:db8:0:0'],
  ['2001:db8::2:3:4:5:6', '2001:db8:0:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['64:ff9b::10.0.0.7', '64:ff9b:0:0'],
  ['::1', ':0:0:0'],
  ['::', ':0:0:0'],
  ['ward 2', 'ward 2'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
