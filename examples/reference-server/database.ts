/** The database that the settings name: a PostgreSQL server, or embedded. */
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { embeddedDatabase, postgresDatabase, type Database } from '../postgres/database.js';
import { must } from './settings.js';

const lockName = 'server.lock';

/**
 * Locks a folder, because two processes would destroy its data, and returns a function that unlocks it; throws if another process has locked
 * it. The system unlocks a file when its process ends, however that happens.
 */
const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  // Loaded only here, so that a server without a folder also runs on platforms that lack this native module.
  const { tryLock } = await import('fs-native-extensions');
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, lockName), 'a');
  if (tryLock(file.fd)) return () => file.close();
  await file.close();
  throw new Error(`Another server uses the folder ${folder}: stop it first, or choose another DATA_FOLDER`);
};

/**
 * Opens a server by its URL, or else an embedded database, which it makes in a new or empty folder, unless it `mustExist`. Throws if the
 * folder holds something else, or if another process uses it.
 */
export const openDatabase = async (
  where: Readonly<Record<'url' | 'folder', string | undefined>>,
  mustExist = false,
): Promise<Database> => {
  if (where.url !== undefined) return postgresDatabase(where.url);
  if (where.folder === undefined) return embeddedDatabase();
  const files = await readdir(where.folder).catch((): readonly string[] => []);
  // A server that ended before it made the database has left its lock.
  const mayUse = files.includes('PG_VERSION') || (!mustExist && files.every((file) => file === lockName));
  const instead = mustExist ? ': check its path, or start the server there first' : ', or be empty';
  must(mayUse, `DATA_FOLDER must hold a database${instead}`);
  const unlock = await lockFolder(where.folder);
  const db = await embeddedDatabase(where.folder).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
  return { ...db, close: () => db.close().then(unlock) };
};
