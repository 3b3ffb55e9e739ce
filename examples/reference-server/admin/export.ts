/** The command that prints a table. */
import { once } from 'node:events';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Database } from '../../postgres/database.js';
import { keepViews } from '../../postgres/views.js';
import { exportTable } from '../export.js';
import { must } from '../settings.js';

const print = async (text: string): Promise<void> => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};

export const exportCommand = {
  takes: 'TABLE [--format jsonl] [--all-versions]',
  does: 'print a table under the names of its patients, or its history',
  /** Runs in transactions of its own, because it may take long. */
  run: async (db: Database, [table = '', ...options]: readonly string[]): Promise<void> => {
    const isKnown = /^( --format (csv|jsonl)| --all-versions)*$/.test(options.map((option) => ` ${option}`).join(''));
    must(isKnown, 'The options of export are --format csv, --format jsonl and --all-versions');
    must(camcopsTables.has(table), "TABLE must be one of CamCOPS's tables, such as phq9");
    await db.transaction((query) => keepViews(query, camcopsTables));
    const format = options.includes('jsonl') ? 'jsonl' : 'csv';
    await exportTable(db, table, { format, allVersions: options.includes('--all-versions') }, print);
  },
};
