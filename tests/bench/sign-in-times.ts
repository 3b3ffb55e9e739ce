/**
 * Whether the time of a failed sign-in tells an unknown user, a known one and a locked one apart: 1,000 tries of each, in turn, from
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
const tries = 1_000;
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
  for (const name of ['known', 'locked']) await savePassword(db, username(name), 'a password', 'clinic', cost);

  const attempt = async (name: string, at: number): Promise<number> => {
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
        `update limits set points = case when key = 'account:locked' then 20 else 1 end where key like 'account:%'`,
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
