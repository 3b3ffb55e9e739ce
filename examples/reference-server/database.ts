/** The database that the settings name: a PostgreSQL server, or embedded. */
import { embeddedDatabase as embedded, postgresDatabase, type Database } from '../postgres/database.js';
import { lockFolder } from './folder-lock.js';

/** Opens an embedded PostgreSQL. Another process that uses the folder is an error. */
export const embeddedDatabase = async (folder?: string): Promise<Database> => {
  if (folder === undefined) return embedded();
  const unlock = await lockFolder(folder);
  const db = await embedded(folder);
  return { ...db, close: () => db.close().then(unlock) };
};

/** Opens a server by its URL, or else an embedded database. */
export const openDatabase = (where: { readonly url?: string | undefined; readonly folder?: string | undefined }) =>
  where.url === undefined ? embeddedDatabase(where.folder) : postgresDatabase(where.url);
