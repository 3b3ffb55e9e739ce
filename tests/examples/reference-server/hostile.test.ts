/** The short form of `npm run hostile`: whatever one address sends, the others are served. `npm run hostile` measures how fast. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { embeddedDatabase, type Database } from '../../../examples/postgres/database.js';
import { attacksOn, short, signInAttacker } from '../../bench/attacks.js';
import { othersOf, prepare } from '../../bench/others.js';
import { passwordCost, serving, type Served } from '../../support/reference-server.js';

let db: Database;
let served: Served;
let others: Awaited<ReturnType<typeof othersOf>>;
beforeAll(async () => {
  db = await embeddedDatabase();
  await prepare(db, passwordCost);
  served = await serving({ db, maxBodyBytes: 2_000_000, maxBytesInFlight: 8_000_000, maxConnectionsOfAddress: 80 });
  others = await othersOf(served.url);
  await signInAttacker(served.url);
});
afterAll(async () => {
  await served.stop();
  await db.close();
});

it.each(attacksOn('', short).map(({ name }) => name))('others are served: %s', async (name) => {
  let ended = false;
  const isOver = (): boolean => ended;
  const attack = attacksOn(served.url, short)
    .find((each) => each.name === name)
    ?.run()
    .finally(() => (ended = true));
  do {
    expect(await Promise.all([others.ask(), others.signIn()])).toEqual([true, true]);
  } while (!isOver());
  await attack;
  expect(await Promise.all([others.ask(), others.signIn()])).toEqual([true, true]);
});
