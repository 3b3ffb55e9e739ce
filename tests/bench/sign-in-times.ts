/**
 * Whether the time of a failed sign-in tells unknown, known and locked users apart: 25 tries of each of 40 names of each kind, in turn, from
 * addresses that are behind no limit and then from one that is.
 */
import { savePassword } from '../../examples/reference-server/accounts.js';
import { asClient } from '../../examples/reference-server/client.js';
import { embeddedDatabase } from '../../examples/postgres/database.js';
import { limitedUsers } from '../../examples/reference-server/sign-in.js';
import { signInLimits } from '../../examples/reference-server/sign-in-limits.js';
import { secret } from '../../src/index.js';
import { username } from '../support/fixtures.js';

// Cheap hashes: what differs besides them would show the better.
const cost = { memoryCost: 8, timeCost: 1 };
const names = 40;
const tries = 25 * names;
const kinds = ['unknown', 'known', 'locked'] as const;

/** How far two samples are apart, in standard deviations of their rank sum, if they are alike (Mann and Whitney). */
const distance = (one: readonly number[], other: readonly number[]): number => {
  const ranked = [...one.map((ms) => [ms, 1] as const), ...other.map((ms) => [ms, 0] as const)].sort(
    ([a], [b]) => a - b,
  );
  const ranks = ranked.reduce((sum, [, isOne], at) => sum + (isOne === 1 ? at + 1 : 0), 0);
  const [n, m] = [one.length, other.length];
  return Math.abs(ranks - (n * (n + m + 1)) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
};

/** The greatest distance between two kinds, in one state of the limit of addresses. */
const distanceFrom = async (isAddressOver: boolean): Promise<number> => {
  const db = await embeddedDatabase();
  const limits = signInLimits(db);
  const users = limitedUsers(db, limits, cost);
  for (let n = 0; n < names; n += 1)
    for (const kind of ['known', 'locked'])
      await savePassword(db, username(`${kind}-${String(n)}`), 'a password', 'clinic', cost);
  await db.query(
    `insert into limits (key, points, expire)
     select 'account:' || kind || '-' || n, 1, (extract(epoch from now()) * 1000)::bigint + 3600000
     from unnest($1::text[]) kind, generate_series(0, $2::integer - 1) n`,
    [kinds, names],
  );

  const attempt = async (kind: (typeof kinds)[number], at: number): Promise<number> => {
    const name = `${kind}-${String(Math.abs(at) % names)}`;
    const address = isAddressOver ? 'over' : `${name} ${String(at)}`;
    const client = { address, device: 'any', signal: new AbortController().signal };
    const started = performance.now();
    await asClient(client, users.authenticate(username(name), secret(`wrong ${String(at)}`)));
    return performance.now() - started;
  };
  const times: Record<(typeof kinds)[number], number[]> = { unknown: [], known: [], locked: [] };
  for (let at = -15; at < 0; at += 1) for (const kind of kinds) await attempt(kind, at);
  for (let at = 0; at < tries; at += 1) {
    // Nobody fails so often that they are locked, but the one who is. All else is alike.
    if (at % 5 === 0) {
      await db.query(
        `update limits set points = case when key like 'account:locked-%' then 20 else 1 end where key like 'account:%'`,
      );
    }
    const order = [...kinds].sort(() => Math.random() - 0.5);
    for (const kind of order) times[kind].push(await attempt(kind, at));
  }
  await db.close();
  return Math.max(
    distance(times.unknown, times.known),
    distance(times.unknown, times.locked),
    distance(times.known, times.locked),
  );
};

/** The greatest distance between two kinds. Below 4, chance alone explains it. */
export const signInDistance = async (): Promise<number> =>
  Math.max(await distanceFrom(false), await distanceFrom(true));
