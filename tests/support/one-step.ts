/** Whole uploads in one step, against a server that takes CamCOPS's tables. */
import { camcopsTables } from '../../src/tables/index.js';
import type { Server, StartServer, Tables } from './replay.js';

/** By column, the SQL literal that a tablet sends. */
export type SentRow = Readonly<Record<string, string>>;

const from = (device: string) => ({ camcops_version: '2.4.24', device, user: 'nurse', password: 'pw' });

export const oneStepBody = (
  device: string,
  finalizing: boolean,
  tables: Readonly<Record<string, readonly SentRow[]>>,
): string =>
  new URLSearchParams({
    ...{ ...from(device), operation: 'upload_entire_database', finalizing: finalizing ? '1' : '0' },
    pknameinfo: JSON.stringify(Object.fromEntries(Object.keys(tables).map((table) => [table, 'id']))),
    dbdata: JSON.stringify(tables),
  }).toString();

/** The tables as a day's world has them. */
export const plainTables: Tables = Object.fromEntries(
  [...camcopsTables].map(([name, { columns }]) => [name, { minClientVersion: '2.0.0', columns: [...columns.keys()] }]),
);

/** Starts a server whose only user is a nurse. */
export const startWith = async (start: StartServer, tables: Tables = plainTables): Promise<Server> =>
  start({
    tables,
    users: [{ username: 'nurse', password: 'pw' }],
    devices: [],
    idNumbers: { 1: null, 2: null },
    accessKeys: [],
  });

export const registerDevice = async ({ post }: Server, device: string): Promise<void> => {
  await post(new URLSearchParams({ ...from(device), operation: 'register' }).toString());
};

/** Rows with the three columns that every table has. */
export const rowsWith = (...rows: readonly SentRow[]): readonly SentRow[] =>
  rows.map((row, index) => ({
    ...{ id: String(index + 1), _move_off_tablet: '0', when_last_modified: "'2026-11-24T09:30:15.123+00:00'" },
    ...row,
  }));
