/** What can be killed, and comes back: a server with either database, and a PostgreSQL cluster of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/postgres/database.js';
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

export const freePort = async (): Promise<number> => {
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
