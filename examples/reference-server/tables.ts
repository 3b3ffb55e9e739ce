/** The tables that tablets may upload, from a file: by name, the oldest client that may use each, and its columns. */
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { ClientVersion } from 'camcops-tablet-session';
import type { UploadTables } from 'camcops-tablet-session/operations';

import defaultJson from './tables.json' with { type: 'json' };

const Tables = t.record(t.string, t.type({ minClientVersion: ClientVersion, columns: t.array(t.string) }));

/** A mistake in the file is thrown: without a table, tablets could not upload what they hold. */
export const tablesOf = (json: unknown): UploadTables => {
  const tables = Tables.decode(json);
  if (isLeft(tables)) throw new Error(`The tables are not well-formed: ${PathReporter.report(tables).join('; ')}`);
  const entries = Object.entries(tables.right);
  return new Map(entries.map(([name, { columns, ...table }]) => [name, { ...table, columns: new Set(columns) }]));
};

export const defaultTables: UploadTables = tablesOf(defaultJson);
