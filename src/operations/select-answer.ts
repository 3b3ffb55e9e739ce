/** The answer that reads like the result of an SQL SELECT: what `get_allowed_tables` and its like are told. */

/** What SQL can write as a literal. */
export type SqlValue = string | number | null;

/** As the client reads it back: a line end must not end the reply's line, so the backslash is an escape. */
const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll("'", "''");

const sqlLiteral = (value: SqlValue): string => {
  if (typeof value === 'string') return `'${escaped(value)}'`;
  return Number.isFinite(value) ? String(value) : 'NULL';
};

/**
 * The fields of a handler's answer for rows of these columns: `nfields`, `fields`, `nrecords`, `record0`... Values are SQL
 * literals: texts in single quotes, a quote doubled, backslash, CR and LF written `\\`, `\r` and `\n`; numbers as they are. What
 * SQL has no literal for, such as NaN, is `NULL`. No column's name may contain a comma.
 *
 * @example
 * import { selectAnswer } from 'camcops-tablet-session/operations';
 *
 * selectAnswer(['which', 'name'])([{ which: 1, name: "O'Hara" }]);
 * // { nfields: '2', fields: 'which,name', nrecords: '1', record0: "1,'O''Hara'" }
 * selectAnswer(['which', 'name'])([{ which: NaN, name: null }]);
 * // { nfields: '2', fields: 'which,name', nrecords: '1', record0: 'NULL,NULL' }
 */
export const selectAnswer =
  <C extends string>(columns: readonly C[]) =>
  (rows: readonly Readonly<Record<C, SqlValue>>[]): Readonly<Record<string, string>> => ({
    nfields: String(columns.length),
    fields: columns.join(','),
    nrecords: String(rows.length),
    ...Object.fromEntries(
      rows.map((row, index) => [`record${String(index)}`, columns.map((column) => sqlLiteral(row[column])).join(',')]),
    ),
  });
