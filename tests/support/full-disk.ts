/** A PostgreSQL cluster whose disk is really full: nothing acknowledged is lost, tablets are told, and all goes on when there is room again. */
import type { SmallDisk } from './small-disk.js';
import { serverProcess } from './server-process.js';
import { losses, password, uploadOnce, type Upload } from './uploading.js';
import { ownCluster } from './victims.js';

const records = 400;
const megabytesLeft = 4;
const refusalsWanted = 6;
/** The server checks its health once a second at most. */
const untilNextCheck = () => new Promise((resolve) => setTimeout(resolve, 1_100));

export interface FullDiskReport {
  /** Before the disk was full, and after. */
  readonly acknowledged: readonly [before: number, after: number];
  readonly refused: number;
  /** What the server said of its health while the disk was full. */
  readonly health: string;
  readonly wrong: readonly string[];
}

/** A line of the server's log. */
interface Entry {
  readonly status: number;
  readonly operation?: string;
  readonly cause?: string;
}

/** Of refused uploads: all by status 503, and the first because there is no room. */
const wrongRefusals = (said: string): readonly string[] => {
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  // What the server writes to its log.
  const entries = lines.map((line) => JSON.parse(line) as Entry).filter(({ operation }) => operation !== undefined);
  const failed = entries.filter(({ cause }) => cause !== undefined);
  const others = failed
    .filter(({ status }) => status !== 503)
    .map(({ status }) => `a failure has status ${String(status)}`);
  return failed[0]?.cause?.includes('No space left on device') === true
    ? others
    : [...others, `the first failure is ${failed[0]?.cause ?? 'none'}`];
};

/**
 * Fills the disk, uploads until several uploads are refused, then makes room. A cluster whose write-ahead log is on the full disk ends by
 * itself, as PostgreSQL does, and is started again once there is room; the server is not.
 */
export const fullDiskTrial = async (programs: string, disk: SmallDisk, wal?: string): Promise<FullDiskReport> => {
  const cluster = await ownCluster(programs, { within: disk.folder, ...(wal !== undefined && { wal }) });
  const server = await serverProcess({ ...cluster.settings, CAMCOPS_PASSWORD: password });
  const uploads: Upload[] = [];
  const wrong: string[] = [];
  let count = 0;
  const upload = async (): Promise<boolean> => {
    const one = await uploadOnce(server.url, 'tablet-1', (count += 1), records);
    if (one !== undefined) uploads.push(one);
    return one?.isAcknowledged ?? false;
  };
  const health = async (): Promise<string> => {
    await untilNextCheck();
    return (await (await fetch(`${server.url}health`)).text()).trimEnd();
  };
  try {
    if (!(await upload())) wrong.push('nothing is acknowledged before the disk is full');
    await disk.fill(megabytesLeft);
    const until = Date.now() + 60_000;
    let refused = 0;
    while (refused < refusalsWanted && Date.now() < until) if (!(await upload())) refused += 1;
    if (refused < refusalsWanted) wrong.push('the disk did not fill up');
    const before = uploads.filter(({ isAcknowledged }) => isAcknowledged).length;
    const whenFull = await health();
    const expected = wal === undefined ? 'the database does not answer' : "the database's disk is full";
    if (whenFull !== expected) wrong.push(`when the disk is full, health says: ${whenFull}`);

    await disk.free();
    if (wal === undefined) await cluster.restart();
    for (let more = 0; more < 4; more += 1)
      if (!(await upload())) wrong.push('an upload is refused after there is room');
    const whenFree = await health();
    if (whenFree !== 'ok') wrong.push(`when there is room again, health says: ${whenFree}`);
    wrong.push(...wrongRefusals(server.said()));
    const db = await cluster.open();
    wrong.push(...(await losses(db, uploads, records)));
    await db.close();
    const acknowledged = uploads.filter(({ isAcknowledged }) => isAcknowledged).length;
    return { acknowledged: [before, acknowledged - before], refused, health: whenFull, wrong };
  } finally {
    if (server.child.exitCode === null) await server.end('SIGTERM');
    await cluster.end();
  }
};
