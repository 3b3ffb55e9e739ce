/** Answers that read like the result of an SQL SELECT, as `get_allowed_tables` gives. */
import { encodeBase64 } from './bytes.js';
import { isWhole } from './characters.js';
import type { Value } from './value.js';

/** What the client unescapes: it drops a backslash, and a line end would end the reply's line. */
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll("'", "''")}'`;

const maxInt = 0x7fffffff;

/** The client reads a number without a point as a 32-bit integer: what does not fit, or has an exponent, would become 0. */
const numberLiteral = (value: number | bigint): string => {
  if (Object.is(value, -0)) return '-0.0';
  const digits = String(value);
  const isRead = isWhole(digits)
    ? value >= -maxInt - 1 && value <= maxInt
    : digits.includes('.') && !digits.includes('e');
  return isRead ? digits : quoted(digits);
};

const sqlLiteral = (value: Value): string => {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'object' ? `64'${encodeBase64(value)}'` : numberLiteral(value);
};

/**
 * The fields of an answer for rows of these columns: `nfields`, `fields`, `nrecords`, `record0`... Values are SQL literals that
 * the client reads back exactly; a number that it would misread (beyond 32 bits, with an exponent, not finite) is written as
 * text. No column's name may contain a comma.
 *
 * @example
 * import { rowsAnswer } from 'camcops-tablet-session/operations';
 *
 * rowsAnswer(['which', 'name'])([{ which: 1, name: "O'Hara" }]);
 * // { nfields: '2', fields: 'which,name', nrecords: '1', record0: "1,'O''Hara'" }
 * rowsAnswer(['which', 'name'])([{ which: 2147483648, name: null }]);
 * // { nfields: '2', fields: 'which,name', nrecords: '1', record0: "'2147483648',NULL" }
 */
export const rowsAnswer =
  <C extends string>(columns: readonly C[]) =>
  (rows: readonly Readonly<Record<C, Value>>[]): Readonly<Record<string, string>> => ({
    nfields: String(columns.length),
    fields: columns.join(','),
    nrecords: String(rows.length),
    ...Object.fromEntries(
      rows.map((row, index) => [`record${String(index)}`, columns.map((column) => sqlLiteral(row[column])).join(',')]),
    ),
  });
