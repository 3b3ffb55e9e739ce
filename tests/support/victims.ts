/** What can be killed, and comes back: a server with either database, and a PostgreSQL cluster of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/postgres/database.js';
import { freePort } from './listening.js';
import type { ServerProcess, Settings } from './server-process.js';

const run = promisify(execFile);

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

/** How a cluster differs from others. */
export interface ClusterOptions {
  /** The folder in which its folder is made: by default, that of temporary files. */
  readonly within?: string;
  /** Where its write-ahead log is to be, in a folder that does not exist yet: by default, beside its data. */
  readonly wal?: string;
  /** The file for what it logs: by default, nothing is kept. */
  readonly log?: string;
  /** Settings of its own. */
  readonly settings?: Settings;
}

/** A PostgreSQL cluster of its own, all of whose processes are killed at once. PostgreSQL does not run as root. */
export const ownCluster = async (programs: string, options: ClusterOptions = {}): Promise<Victim> => {
  const { within = tmpdir(), wal, log, settings = {} } = options;
  const folder = await mkdtemp(join(within, 'cluster-'));
  const isRoot = process.getuid?.() === 0;
  const idOf = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
  const as: { readonly uid?: number; readonly gid?: number } = isRoot
    ? { uid: await idOf('-u'), gid: await idOf('-g') }
    : {};
  if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const made = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', ...(wal === undefined ? [] : ['-X', wal])];
  await run(join(programs, 'initdb'), made, { ...as, cwd: folder });
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${String(port)}/postgres`;
  let cluster: ChildProcess | undefined;

  const restart = async (): Promise<void> => {
    const all = Object.entries({ listen_addresses: '127.0.0.1', ...settings });
    const args = ['-D', data, '-p', String(port), '-k', folder, ...all.flatMap(([of, to]) => ['-c', `${of}=${to}`])];
    const said = log === undefined ? 'ignore' : openSync(log, 'a');
    cluster = spawn(join(programs, 'postgres'), args, { ...as, cwd: folder, stdio: ['ignore', said, said] });
    if (typeof said === 'number') closeSync(said);
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
    if (cluster === undefined || pid === undefined || cluster.exitCode !== null || cluster.signalCode !== null) return;
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
