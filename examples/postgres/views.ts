/** The views that people read answers from: each record once, under its own patient. `reading.sql` makes them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { UploadTables } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Query } from './database.js';

const reading = readFileSync(new URL('reading.sql', import.meta.url), 'utf8');

/** Lists tables and their columns, each with its type if the table's own map has it, or else CamCOPS's client. */
const listed = (tables: UploadTables) =>
  [...tables].map(([name, { columns }]) => {
    const types = 'get' in columns ? columns : camcopsTables.get(name)?.columns;
    return { name, columns: [...columns.keys()].map((column) => ({ name: column, type: types?.get(column) })) };
  });

/** In seconds, because indexes of a million records take a while. */
const patience = 600;

/**
 * Makes the views of these tables, unless they are up to date. Call it in a transaction, after the migrations. A table that is no longer
 * listed keeps its view, because it keeps its records.
 */
export const keepViews = async (query: Query, tables: UploadTables): Promise<void> => {
  const list = JSON.stringify(listed(tables));
  const madeOf = createHash('sha256').update(reading).update(list).digest('hex');
  const [kept] = await query<{ of: unknown }>(
    `select obj_description(to_regnamespace('camcops'), 'pg_namespace') as of`,
  );
  if (kept?.of === madeOf) return;
  await query(reading, [], patience);
  await query('select camcops.replace_views($1, $2)', [list, madeOf], patience);
};
