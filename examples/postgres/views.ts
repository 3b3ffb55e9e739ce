/** The views that people read answers from: each record once, under the patient whom it is about. `reading.sql` says how. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { UploadTables } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Query } from './database.js';

const reading = readFileSync(new URL('reading.sql', import.meta.url), 'utf8');

/** The two schemas: where each takes rows from, with the JSON of each, and the columns that come before those of the table. */
const schemas = [
  {
    schema: 'camcops',
    from: 'camcops.answers',
    json: 'a.data',
    columns:
      'device era patient_forename patient_surname patient_sex patient_dob patient_idnums uploaded_at uploaded_by group_name finalized sent_again',
    views: ['answers', 'parts of tasks'],
  },
  {
    schema: 'camcops_history',
    from: 'history',
    json: 'camcops.readable(a.values)',
    columns:
      'device version state finalized added_at added_by group_name removed_at removed_by finalized_at finalized_by',
    views: [],
  },
] as const;

const readers: ReadonlyMap<unknown, string> = new Map(
  ['integer', 'real', 'text', 'blob'].map((type) => [type, `camcops.as_${type}`]),
);

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Gives each name in turn one that no other has: PostgreSQL keeps 63 bytes of a name. A number is added to one that is taken. */
const namesBeside = (others: readonly string[]): ((name: string) => string) => {
  const taken = new Set(others);
  return (name) => {
    let free = name.slice(0, 63);
    for (let count = 2; taken.has(free); count += 1) free = `${name.slice(0, 55)}_${String(count)}`;
    taken.add(free);
    return free;
  };
};

/** Of the columns of a table, the type: as its map says, or as CamCOPS's client declares it. One that neither knows is left as JSON. */
const typeOf = (tables: UploadTables, table: string, column: string): unknown => {
  const columns = tables.get(table)?.columns;
  return columns instanceof Map ? columns.get(column) : camcopsTables.get(table)?.columns.get(column);
};

const viewsOf = (tables: UploadTables) =>
  schemas.flatMap(({ schema, from, json, columns: before, views }) => {
    const viewName = namesBeside(views);
    return [...tables].map(([table, { columns }]) => {
      const columnName = namesBeside(before.split(' '));
      const sent = [...columns.keys()];
      // The others' names are too long for a record.
      const ofRecord = sent.filter((column) => column.length <= 63);
      const record = ofRecord.map((column) => `${quoted(column)} json`).join();
      const shown = sent.map((column) => {
        const cell = ofRecord.includes(column) ? `v.${quoted(column)}` : `${json} -> ${literal(column)}`;
        return `${readers.get(typeOf(tables, table, column)) ?? ''}(${cell}) as ${quoted(columnName(column))}`;
      });
      const query = `select a.${before.replaceAll(' ', ', a.')}, ${shown.join()}
        from ${from} a cross join lateral json_to_record(${json}) as v(${record}) where a.table_name = ${literal(table)}`;
      return { schema, name: viewName(table), query };
    });
  });

/** The one link of CamCOPS's client that does not bear the name of the table that it points to. */
const otherLinks: Readonly<Record<string, string>> = { medicationtable_id: 'khandaker_mojo_medicationtherapy' };

/** The parts of tasks: a table without `patient_id` in which one column, `X_id`, points to a table X. */
const partsOf = (tables: UploadTables) =>
  [...tables].flatMap(([part, { columns }]) => {
    const links = [...columns.keys()].flatMap((link) => {
      const owner = Object.hasOwn(otherLinks, link) ? otherLinks[link] : /^(.+)_id$/.exec(link)?.[1];
      return owner !== undefined && owner !== part && tables.has(owner) ? [{ part, link, owner }] : [];
    });
    return columns.has('patient_id') || links.length !== 1 ? [] : links;
  });

/** In seconds: a database with a million records needs a while for its indexes. */
const patience = 600;

/**
 * Makes the views of these tables, unless they are as they should be already. Belongs in a transaction, after the migrations. A table that
 * is no longer listed keeps its view, because it keeps its records.
 */
export const keepViews = async (query: Query, tables: UploadTables): Promise<void> => {
  const [parts, views] = [JSON.stringify(partsOf(tables)), JSON.stringify(viewsOf(tables))];
  const madeOf = createHash('sha256').update(reading).update(parts).update(views).digest('hex');
  const [kept] = await query<{ of: string | null }>(
    `select obj_description(to_regnamespace('camcops'), 'pg_namespace') as of`,
  );
  if (kept?.of === madeOf) return;
  await query(reading, [], patience);
  await query('select camcops.replace_views($1, $2, $3)', [parts, views, madeOf], patience);
};
