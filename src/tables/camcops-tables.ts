/** The tables of CamCOPS's client. */
import type { ClientVersion } from '../client-version.js';
import { columnTypes, commonColumns, type ColumnType } from './columns.js';
import { clientTables } from './client-tables.js';

/** A table of CamCOPS's client. */
export interface CamcopsTable {
  /** The type of each column, in the client's order. */
  readonly columns: ReadonlyMap<string, ColumnType>;
  /** The oldest client that CamCOPS's server 2.4.24 lets use the table. */
  readonly minClientVersion: ClientVersion;
}

const columnOf = (column: string): readonly [string, ColumnType] => {
  const [name = '', type] = column.split(':');
  return [name, columnTypes.find((each) => each === type) ?? 'integer'];
};

const tableOf = (line: string): readonly [string, CamcopsTable] => {
  const [name = '', version = '', ...columns] = line.split(' ');
  // The tests check that every version in the list can be read.
  const minClientVersion = version as ClientVersion;
  return [name, { columns: new Map([...commonColumns, ...columns.map(columnOf)]), minClientVersion }];
};

/**
 * The 152 tables of CamCOPS's client 2.4.24, in the client's order, with the type of each of their 5,326 columns. Use all of them as the
 * `tables` of a `TabletHost`, or a selection.
 *
 * @example
 * import { camcopsTables } from 'camcops-tablet-session/tables';
 *
 * camcopsTables.get('bmi')?.columns.get('mass_kg'); // 'real'
 * camcopsTables.get('bmi')?.minClientVersion; // '2.0.0'
 * camcopsTables.has('BMI'); // false
 *
 * const mine = new Map([...camcopsTables].filter(([name]) => /^(patient|patient_idnum|bmi)$/.test(name)));
 * [...mine.keys()]; // ['bmi', 'patient', 'patient_idnum']
 */
export const camcopsTables: ReadonlyMap<string, CamcopsTable> = new Map(clientTables.map(tableOf));
