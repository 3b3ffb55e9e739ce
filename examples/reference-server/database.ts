/** The database that the settings name: a PostgreSQL server, or embedded. */
import { embeddedDatabase, postgresDatabase, type Database } from '../postgres/database.js';
import { lockFolder } from './folder-lock.js';

/** Opens a server by its URL, or else an embedded database. Another process that uses its folder is an error. */
export const openDatabase = async (
  where: Readonly<Record<'url' | 'folder', string | undefined>>,
): Promise<Database> => {
  if (where.url !== undefined) return postgresDatabase(where.url);
  if (where.folder === undefined) return embeddedDatabase();
  const unlock = await lockFolder(where.folder);
  const db = await embeddedDatabase(where.folder).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
  return { ...db, close: () => db.close().then(unlock) };
};
