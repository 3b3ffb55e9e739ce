/** What the views of `examples/postgres` show, in the form of what was meant. */
import type { Database } from '../../examples/postgres/database.js';
import type { Answer } from './whose-answers.js';

export const idNums = `(select string_agg(key || '=' || value, ',' order by key) from jsonb_each_text(patient_idnums)) as "idNums"`;

/** All that is read of a device, from the one view. */
export const readOf = (db: Database, device: string) =>
  db.query<Answer>(
    `select table_name as "table", key, patient_surname as surname, ${idNums}, data ->> 'when_created' as created
     from camcops.answers where device = $1`,
    [device],
  );

export const texts = (answers: readonly Answer[]): readonly string[] =>
  answers
    .map(({ table, key, surname, idNums: numbers, created }) => JSON.stringify([table, key, surname, numbers, created]))
    .sort();
