/** Servers and databases that are killed in the middle of uploads: nothing acknowledged is lost, and nothing is half done. */
import { losses, password, uploadOnce, type Upload } from './uploading.js';
import { serverProcess } from './server-process.js';
import type { Victim } from './victims.js';

const records = 400;
const tablets = 4;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface KillReport {
  /** Of each kill, how many uploads had been acknowledged since the start before it. */
  readonly acknowledged: readonly number[];
  /** A line each. */
  readonly wrong: readonly string[];
}

/**
 * Kills so many times: each time after an upload has been acknowledged, and while others are under way. A kill that comes when nothing has
 * been acknowledged since the start would show nothing, and is wrong.
 */
export const killTrial = async (victim: Victim, kills: number): Promise<KillReport> => {
  const uploads: Upload[] = [];
  const acknowledged: number[] = [];
  const wrong: string[] = [];
  for (let killed = 1; killed <= kills; killed += 1) {
    const server = await serverProcess({ ...victim.settings, CAMCOPS_PASSWORD: password });
    const before = uploads.length;
    const since = () => uploads.slice(before).filter(({ isAcknowledged }) => isAcknowledged).length;
    let isOver = false;
    const uploading = async (device: string): Promise<void> => {
      for (let count = 0; !isOver; count += 1) {
        const upload = await uploadOnce(server.url, device, count, records);
        if (upload === undefined) return;
        uploads.push(upload);
      }
    };
    const all = Array.from({ length: tablets }, (_, n) => uploading(`tablet-${String(n + 1)}`));
    const until = Date.now() + 60_000;
    while (since() === 0 && Date.now() < until) await wait(20);
    await wait(Math.random() * 1500);
    const told = since();
    await victim.kill(server);
    isOver = true;
    await Promise.all(all);
    await server.end('SIGKILL');
    await victim.restart();
    acknowledged.push(told);
    if (told === 0) wrong.push(`kill ${String(killed)}: nothing had been acknowledged`);
    const db = await victim.open();
    wrong.push(...(await losses(db, uploads, records)));
    await db.close();
  }
  return { acknowledged, wrong };
};
