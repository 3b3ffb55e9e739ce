/** The views that people read answers from: each record once, under the patient whom it is about. `reading.sql` says how. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { UploadTables } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Query } from './database.js';

const reading = readFileSync(new URL('reading.sql', import.meta.url), 'utf8');

/** Of the columns of a table, the types: as its map says, or as CamCOPS's client declares them. One that neither knows has none. */
const listed = (tables: UploadTables) =>
  [...tables].map(([name, { columns }]) => {
    const types: { readonly get: (column: string) => unknown } | undefined =
      columns instanceof Map ? columns : camcopsTables.get(name)?.columns;
    return { name, columns: [...columns.keys()].map((column) => ({ name: column, type: types?.get(column) })) };
  });

/** In seconds: a database with a million records needs a while for its indexes. */
const patience = 600;

/**
 * Makes the views of these tables, unless they are as they should be already. Belongs in a transaction, after the migrations. A table that
 * is no longer listed keeps its view, because it keeps its records.
 */
export const keepViews = async (query: Query, tables: UploadTables): Promise<void> => {
  const list = JSON.stringify(listed(tables));
  const madeOf = createHash('sha256').update(reading).update(list).digest('hex');
  const comment = `select obj_description(to_regnamespace('camcops'), 'pg_namespace') as of`;
  const [kept] = await query<{ of: string | null }>(comment);
  if (kept?.of === madeOf) return;
  await query(reading, [], patience);
  await query('select camcops.replace_views($1, $2)', [list, madeOf], patience);
};
