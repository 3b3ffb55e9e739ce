/** The database that the settings name: a PostgreSQL server, or embedded. */
import { embeddedDatabase as embedded, postgresDatabase, type Database } from '../postgres/database.js';
import { lockFolder } from './folder-lock.js';
import { keepChecksums, schemaProblem } from './schema.js';

/** Refuses a database of a newer version, or one that has had another migration under a name of ours. */
const checked = async (db: Database): Promise<Database> => {
  const problem = await schemaProblem(db.query);
  if (problem !== undefined) {
    await db.close();
    throw new Error(problem);
  }
  await keepChecksums(db.query);
  return db;
};

/** Opens an embedded PostgreSQL. Another process that uses the folder is an error. */
export const embeddedDatabase = async (folder?: string): Promise<Database> => {
  if (folder === undefined) return checked(await embedded());
  const unlock = await lockFolder(folder);
  const db = await embedded(folder);
  return checked({ ...db, close: () => db.close().then(unlock) });
};

/** Opens a server by its URL, or else an embedded database. */
export const openDatabase = async (where: {
  readonly url?: string | undefined;
  readonly folder?: string | undefined;
}): Promise<Database> =>
  where.url === undefined ? embeddedDatabase(where.folder) : checked(await postgresDatabase(where.url));
