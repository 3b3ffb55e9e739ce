/** Reading a list of tables from JSON. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { parseClientVersion, type ClientVersion } from '../client-version.js';
import { isReadableVersion, reservedColumns, type UploadTable, type UploadTables } from '../operations/tables.js';
import { hasNameForm } from '../refusals/uploads.js';
import { columnTypes, commonColumns } from './columns.js';

/** The first mistake in a list of tables: `${field} ${rule}` is a sentence. It never quotes a value or a malformed name. */
export interface UploadTablesError {
  /** The place of the mistake: `tables`, `tables.TABLE`, `tables.TABLE.minClientVersion`, `tables.TABLE.columns` or `tables.TABLE.columns.COLUMN`. */
  readonly field: string;
  /** Such as `must occur only once`. */
  readonly rule: string;
}

type Read<A> = Either<UploadTablesError, A>;

const mistake = (field: string, rule: string): Read<never> => left({ field, rule });

const isArray = (json: unknown): json is readonly unknown[] => Array.isArray(json);

/** Returns whether a value is a plain object. A `Set`, a `Map` or a `Promise` would seem empty. */
const isObject = (json: unknown): json is Readonly<Record<string, unknown>> => {
  if (typeof json !== 'object' || json === null) return false;
  const prototype: unknown = Object.getPrototypeOf(json);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const isName = (name: unknown): name is string => typeof name === 'string' && hasNameForm(name);

const badName = (field: string, index: number): Read<never> =>
  mistake(
    field,
    `must have names of 1 to 128 letters, digits and underscores, unlike the name at position ${String(index + 1)}`,
  );

/** Any client may use a table without a version. */
const anyClient = '0.0.0';

const readVersion = (field: string, json: unknown): Read<ClientVersion> => {
  const version = typeof json === 'string' && isReadableVersion(json) ? parseClientVersion(json) : undefined;
  return version === undefined || isLeft(version)
    ? mistake(field, "must be a version such as '2.4.24', whose second and third number are below 100")
    : version;
};

const readColumns = (field: string, json: unknown): Read<UploadTable['columns']> => {
  if (!isArray(json) && !isObject(json)) return mistake(field, 'must be a list or an object');
  const columns = new Set<string>();
  const names = isArray(json) ? json : Object.keys(json);
  for (const [index, name] of names.entries()) {
    if (!isName(name)) return badName(field, index);
    const column = `${field}.${name}`;
    if (reservedColumns.has(name)) return mistake(column, 'must not be listed: the server reserves this column');
    if (columns.has(name)) return mistake(column, 'must occur only once');
    if (!isArray(json) && !columnTypes.some((type) => type === json[name]))
      return mistake(column, `must be one of ${columnTypes.join(', ')}`);
    columns.add(name);
  }
  return right(new Set([...commonColumns.keys(), ...columns]));
};

const readTable = (field: string, json: unknown): Read<UploadTable> => {
  if (!isArray(json) && !isObject(json)) return mistake(field, 'must be a list of columns or an object');
  const table = isArray(json) ? { minClientVersion: anyClient, columns: json } : json;
  const minClientVersion = readVersion(`${field}.minClientVersion`, table['minClientVersion']);
  if (isLeft(minClientVersion)) return minClientVersion;
  const columns = readColumns(`${field}.columns`, table['columns']);
  if (isLeft(columns)) return columns;
  return right({ columns: columns.right, minClientVersion: minClientVersion.right });
};

const readTables = (json: unknown): Read<UploadTables> => {
  if (!isObject(json)) return mistake('tables', 'must be an object');
  const tables = new Map<string, UploadTable>();
  for (const [index, [name, content]] of Object.entries(json).entries()) {
    if (!isName(name)) return badName('tables', index);
    const table = readTable(`tables.${name}`, content);
    if (isLeft(table)) return table;
    tables.set(name, table.right);
  }
  return right(tables);
};

/**
 * Reads the tables that tablets may upload from parsed JSON: an object with one member per table. A table is a list of its columns,
 * and any client may use it; or an object with `minClientVersion` and `columns`, which is a list, or an object with the type of each
 * column (`integer`, `real`, `text` or `blob`). `id`, `_move_off_tablet` and `when_last_modified` may be left out, because every
 * table has them.
 *
 * Refuses a name that is not 1 to 128 letters, digits and underscores; a duplicate column; a column that CamCOPS's server keeps for
 * itself; an unknown type; and a version that is not three numbers, the second and third below 100, because tablets take any
 * other for the oldest. Ignores other members of a table.
 *
 * @example
 * import { uploadTables } from 'camcops-tablet-session/tables';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 *
 * const json = { bmi: { minClientVersion: '2.0.0', columns: { mass_kg: 'real' } }, ward_round: ['q1', 'q2'] };
 * pipe(uploadTables(json), E.map((tables) => [...tables.keys()])); // right(['bmi', 'ward_round'])
 * uploadTables({ ward_round: ['q1', 'q2', 'q1'] });
 * // left({ field: 'tables.ward_round.columns.q1', rule: 'must occur only once' })
 */
export const uploadTables = (json: unknown): Either<UploadTablesError, UploadTables> => {
  try {
    return readTables(json);
  } catch {
    // JSON has no getters and no proxies; other objects may.
    return mistake('tables', 'must be plain data');
  }
};
