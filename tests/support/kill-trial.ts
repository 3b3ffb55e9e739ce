/** Servers and databases that are killed in the middle of uploads: nothing acknowledged is lost, and nothing is half done. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toNullable } from 'fp-ts/lib/Option.js';

import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/postgres/database.js';
import { tablet, type Post } from '../../examples/tablets-day/tablet.js';
import { cell } from '../../src/operations/index.js';
import { versionsIn } from './history.js';
import { serverProcess, type ServerProcess, type Settings } from './server-process.js';

const run = promisify(execFile);
const password = 'Pass-Word 1';
const records = 400;

/** An upload: its value is in all its records, and in no others. */
interface Upload {
  readonly device: string;
  readonly value: string;
  readonly isAcknowledged: boolean;
}

const postTo =
  (url: string): Post =>
  async (body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };

/** A tablet that uploads by either method in turn, each time other records, until it is told to stop or the server has gone. */
const uploading = async (url: string, device: string, isOver: () => boolean, done: Upload[]): Promise<void> => {
  const ask = async (one: ReturnType<typeof tablet>, operation: string, fields = {}): Promise<boolean> =>
    (
      await one.ask(operation, fields).then(
        ({ reply }) => reply.body,
        () => '',
      )
    ).includes('success:1\n');
  for (let count = 0; !isOver(); count += 1) {
    const one = tablet(postTo(url), { camcops_version: '2.4.24', device, user: 'nurse', password });
    if (!(await ask(one, 'register'))) return;
    const value = `${device} ${String(Date.now())} ${String(count)}`;
    const rows = Array.from({ length: records }, (_, at) => [
      String(at),
      `'${value}'`,
      `'${new Date().toISOString()}'`,
      String(count % 2),
    ]);
    const columns = ['id', 'comment', 'when_last_modified', '_move_off_tablet'];
    let isAcknowledged = true;
    if (count % 3 === 0) {
      const bmi = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
      const dbdata = JSON.stringify({ bmi });
      isAcknowledged = await ask(one, 'upload_entire_database', {
        finalizing: '0',
        pknameinfo: '{"bmi":"id"}',
        dbdata,
      });
    } else {
      const half = (part: readonly (readonly string[])[]) =>
        Object.fromEntries(part.map((row, at) => [`record${String(at)}`, row.join()]));
      const about = { table: 'bmi', pkname: 'id', fields: columns.join() };
      isAcknowledged &&= await ask(one, 'start_upload');
      isAcknowledged &&= await ask(one, 'upload_table', {
        ...about,
        nrecords: String(records - 1),
        ...half(rows.slice(1)),
      });
      isAcknowledged &&= await ask(one, 'upload_record', { ...about, values: rows[0]?.join() });
      isAcknowledged &&= await ask(one, 'end_upload');
    }
    done.push({ device, value, isAcknowledged });
  }
};

/** What is wrong with what is stored, a line each. */
const losses = async (db: Database, uploads: readonly Upload[]): Promise<readonly string[]> => {
  const stored = new Map<string, number>();
  for (const { row } of await versionsIn(db)) {
    const value = String(toNullable(cell('comment')(row)));
    stored.set(value, (stored.get(value) ?? 0) + 1);
  }
  // The first and the last statement of what must be one transaction.
  const [counts] = await db.query<{ uploads: number; audited: number }>(
    `select (select count(*)::integer from uploads) as uploads, count(*)::integer as audited from audit where event = 'upload'`,
  );
  return [
    ...uploads.flatMap(({ value, isAcknowledged }) => {
      const count = stored.get(value) ?? 0;
      if (isAcknowledged && count < records) return [`lost: ${String(records - count)} records of ${value}`];
      return count === 0 || count === records ? [] : [`half done: ${String(count)} records of ${value}`];
    }),
    ...(counts?.uploads === counts?.audited ? [] : [`half done: ${JSON.stringify(counts)}`]),
  ];
};

/** What can be killed, and comes back. */
export interface Victim {
  readonly settings: Settings;
  readonly open: () => Promise<Database>;
  /** Kills at once what is to be killed. */
  readonly kill: (server: ServerProcess) => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly end: () => Promise<void>;
}

const killServer = async (server: ServerProcess): Promise<void> => {
  await server.end('SIGKILL');
};
const nothing = (): Promise<void> => Promise.resolve();

/** A server with an embedded database in a folder. */
export const embeddedServer = async (): Promise<Victim> => {
  const folder = await mkdtemp(join(tmpdir(), 'killed-'));
  return {
    settings: { DATA_FOLDER: folder },
    open: () => embeddedDatabase(folder),
    kill: killServer,
    restart: nothing,
    end: () => rm(folder, { recursive: true, force: true }),
  };
};

export const postgresServer = (url: string): Victim => ({
  settings: { DATABASE_URL: url },
  open: () => postgresDatabase(url),
  kill: killServer,
  restart: nothing,
  end: nothing,
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** The folder of PostgreSQL's programs; none if they are not there. */
export const postgresPrograms = async (): Promise<string | undefined> => {
  const versions = await readdir('/usr/lib/postgresql').catch((): string[] => []);
  const folders = [
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
    process.env['PG_BIN'] ?? '/usr/local/bin',
  ];
  for (const folder of folders) if ((await readdir(folder).catch((): string[] => [])).includes('initdb')) return folder;
  return undefined;
};

/** A PostgreSQL cluster of its own, all of whose processes are killed at once. PostgreSQL does not run as root. */
export const ownCluster = async (programs: string): Promise<Victim> => {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-'));
  const isRoot = process.getuid?.() === 0;
  const idOf = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
  const as: { readonly uid?: number; readonly gid?: number } = isRoot
    ? { uid: await idOf('-u'), gid: await idOf('-g') }
    : {};
  if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync'], {
    ...as,
    cwd: folder,
  });
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${String(port)}/postgres`;
  let cluster: ChildProcess | undefined;

  const restart = async (): Promise<void> => {
    const args = ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'];
    cluster = spawn(join(programs, 'postgres'), args, { ...as, cwd: folder, stdio: 'ignore' });
    for (let tries = 0; tries < 300; tries += 1) {
      const isReady = await run(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).then(
        () => true,
        () => false,
      );
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the cluster does not start');
  };
  const kill = async (): Promise<void> => {
    const pid = cluster?.pid;
    if (cluster === undefined || pid === undefined) return;
    const ended = once(cluster, 'exit');
    const children = (await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')).trim().split(' ');
    for (const one of [pid, ...children.map(Number)]) {
      try {
        process.kill(one, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    await ended;
  };
  await restart();
  return {
    settings: { DATABASE_URL: url },
    open: () => postgresDatabase(url),
    kill,
    restart,
    end: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Kills at so many random moments of uploads. What is wrong in the end, a line each; and how many uploads were acknowledged. */
export const killTrial = async (
  victim: Victim,
  kills: number,
): Promise<{ readonly acknowledged: number; readonly wrong: readonly string[] }> => {
  const uploads: Upload[] = [];
  const wrong: string[] = [];
  for (let killed = 0; killed < kills; killed += 1) {
    const server = await serverProcess({ ...victim.settings, CAMCOPS_PASSWORD: password });
    let isOver = false;
    const tablets = [1, 2, 3, 4].map((n) => uploading(server.url, `tablet-${String(n)}`, () => isOver, uploads));
    // At any moment, but not before something has been acknowledged, however slow the machine is.
    const until = Date.now() + 60_000;
    do await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1500));
    while (!uploads.some(({ isAcknowledged }) => isAcknowledged) && Date.now() < until);
    await victim.kill(server);
    isOver = true;
    await Promise.all(tablets);
    await server.end('SIGKILL');
    await victim.restart();
    const db = await victim.open();
    wrong.push(...(await losses(db, uploads)));
    await db.close();
  }
  return { acknowledged: uploads.filter(({ isAcknowledged }) => isAcknowledged).length, wrong };
};
