/** The database that the settings name: a PostgreSQL server, or embedded. */
import { embeddedDatabase, postgresDatabase, type Database } from '../postgres/database.js';
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

/** Opens a server by its URL, or else an embedded database. Another process that uses its folder is an error. */
export const openDatabase = async (
  where: Readonly<Record<'url' | 'folder', string | undefined>>,
): Promise<Database> => {
  if (where.url !== undefined) return checked(await postgresDatabase(where.url));
  if (where.folder === undefined) return checked(await embeddedDatabase());
  const unlock = await lockFolder(where.folder);
  const db = await embeddedDatabase(where.folder);
  return checked({ ...db, close: () => db.close().then(unlock) });
};
