/** `npm run hostile`: what one address can do to the others, measured against `npm run serve` in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';

import { attacksOn, full, signInAttacker } from './attacks.js';
import { databaseKinds, made, unmakeAll } from './load-databases.js';
import { attacked, othersOf, prepare } from './others.js';
import { serverProcess } from '../support/server-process.js';
import { signInDistance } from './sign-in-times.js';

/** As an attacker, it is given the server and the attack; else, a part of the names of those to run. */
const [first = '', attack] = process.argv.slice(2);

/** The most memory that a process has held since it was last asked, in MB, as the system counts it. */
const peakMemory = (pid: number | undefined): number => {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  writeFileSync(`/proc/${String(pid)}/clear_refs`, '5');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
};

const measure = async (): Promise<boolean> => {
  const kind = (await databaseKinds()).at(-1);
  if (kind === undefined) throw new Error('there is no database');
  const place = await kind.place();
  const db = await place.open();
  await prepare(db);
  await db.close();
  const server = await made(
    () => serverProcess({ ...place.settings, CAMCOPS_PASSWORD: attacked.password }),
    ({ end }) => end('SIGKILL'),
  );
  const { ask, signIn } = await othersOf(server.url);
  await signInAttacker(server.url);

  let isMet = true;
  const tell = (measured: number, unit: string, bound: number): string => {
    if (!(measured <= bound)) isMet = false;
    return `${measured.toFixed(0).padStart(6)} ${unit}${measured <= bound ? '' : ' !'}`.padEnd(13);
  };
  /** The longest of many waits, while something is going on. */
  const longest = async (work: () => Promise<boolean>, pauseMs: number, isOver: () => boolean): Promise<number> => {
    let most = 0;
    do {
      const started = performance.now();
      if (!(await work())) most = NaN;
      most = Math.max(most, performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    } while (!isOver());
    return most;
  };

  console.log(`On ${kind.name}. At rest: ${peakMemory(server.child.pid).toFixed(0)} MB.`);
  console.log(`${'while one address sends'.padEnd(64)}others wait  a sign-in    memory`);
  for (const { name } of attacksOn(server.url, full).filter((each) => each.name.includes(first))) {
    // In a process of its own: to make such requests would hold up the one that measures.
    const attacker = spawn(process.execPath, ['--import', 'tsx', import.meta.filename, server.url, name], {
      stdio: 'inherit',
    });
    let isOver = false;
    void once(attacker, 'exit').then(([code]) => {
      isOver = true;
      if (code !== 0) isMet = false;
    });
    const [others, signingIn] = await Promise.all([longest(ask, 5, () => isOver), longest(signIn, 200, () => isOver)]);
    const memory = peakMemory(server.child.pid);
    console.log(
      `${name.padEnd(64)}${tell(others, 'ms', 1_000)}${tell(signingIn, 'ms', 3_000)}${tell(memory, 'MB', 1_024)}`,
    );
  }
  console.log('bounds'.padEnd(64) + '  1000 ms      3000 ms      1024 MB');
  const apart = tell(await signInDistance(), 'sd', 4);
  console.log(`${'kinds of users, 40 names of each: how far apart'.padEnd(64)}${apart}(at most 4)`);
  return isMet;
};

if (attack !== undefined) {
  await attacksOn(first, full)
    .find(({ name }) => name === attack)
    ?.run();
  process.exit(0);
}
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  await unmakeAll();
}
