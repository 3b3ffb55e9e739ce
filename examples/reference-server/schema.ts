/** Checks whether the database has had the migrations of this version, and no others. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Query } from '../postgres/database.js';
import { folder, migrationsRun, names } from '../postgres/migrate.js';

/** The checksum of each migration, by its name. Line endings do not count, because git may change them. */
const checksums: ReadonlyMap<string, string> = new Map(
  names.map((name) => {
    const text = readFileSync(new URL(`${name}.sql`, folder), 'utf8').replaceAll('\r\n', '\n');
    return [name, createHash('sha256').update(text).digest('hex')];
  }),
);

/** Says why this version cannot work with the tables that are there; undefined if it can. */
export const schemaProblem = async (query: Query): Promise<string | undefined> => {
  const had = await migrationsRun(query);
  const newer = had.find(({ name }) => !checksums.has(name));
  if (newer) return `The database is newer than this server: it has the migration ${newer.name}`;
  const changed = had.find(({ name, checksum }) => checksum != null && checksum !== checksums.get(name));
  if (changed) return `The migration ${changed.name} is not the one that the database has had`;
  const missing = names.find((ours) => !had.some(({ name }) => name === ours));
  return missing && `The database lacks the migration ${missing}`;
};

/** Stores the checksums of migrations that have just run. If there are none, it only reads, because a server's role may not write here. */
export const keepChecksums = async (query: Query): Promise<void> => {
  if ((await query('select from migrations where checksum is null')).length === 0) return;
  const keep = `update migrations m set checksum = each.value from json_each_text($1) each where m.name = each.key and m.checksum is null`;
  await query(keep, [JSON.stringify(Object.fromEntries(checksums))]);
};
