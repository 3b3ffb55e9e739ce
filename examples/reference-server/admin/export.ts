/** The command that prints a table. */
import { once } from 'node:events';
import { camcopsTables } from 'camcops-tablet-session/tables';

import { keepViews } from '../../postgres/views.js';
import { exportTable } from '../export.js';
import { must } from '../settings.js';
import type { Command } from './command.js';

const print = async (text: string): Promise<void> => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};

export const exportCommand: Command = {
  takes: 'TABLE [--format jsonl] [--all-versions]',
  does: 'print a table under the names of its patients, or its history',
  run: async (db, [table = '', ...options]) => {
    const isKnown = /^( --format (csv|jsonl)| --all-versions)*$/.test(options.map((option) => ` ${option}`).join(''));
    must(isKnown, 'The options of export are --format csv, --format jsonl and --all-versions');
    must(camcopsTables.has(table), "TABLE must be one of CamCOPS's tables, such as phq9");
    // In a transaction of its own, because the export may take long.
    await db.transaction((query) => keepViews(query, camcopsTables));
    const format = options.includes('jsonl') ? 'jsonl' : 'csv';
    await exportTable(db, table, { format, allVersions: options.includes('--all-versions') }, print);
    return '';
  },
};
