/** How long a body of 40 MB of one operation holds the event loop, whatever is in it: beside the platform's own reading of it. */
import { parseClientVersion, type ClientVersion, type Operation } from 'camcops-tablet-session';
import { readCommand } from 'camcops-tablet-session/operations';
import { rightOf } from '../support/decoded.js';
import { median, type Figures } from './measure.js';

const rounds = 3;
const bodySize = 40_000_000;

const clientVersion: ClientVersion = rightOf(parseClientVersion('2.4.24'));
const columns = new Set(['id', 'when_last_modified', '_move_off_tablet']);
const tables = new Map([['t', { columns, minClientVersion: clientVersion }]]);
const read = readCommand(tables);

/** As many pieces as a body holds, each of which its place may change. */
const listOf = (pieceOf: (index: number) => string): string => {
  const pieces: string[] = [];
  for (let size = 0; size < bodySize; size += (pieces.at(-1)?.length ?? 0) + 1) pieces.push(pieceOf(pieces.length));
  return pieces.join(',');
};

const bySplit = (text: string): unknown => text.split(',');
const byParse = (text: string): unknown => JSON.parse(text);

/** An operation, the field that fills its body, its other fields, and the platform's own reading. */
interface Body {
  readonly operation: Operation;
  readonly field: string;
  readonly text: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly least: (text: string) => unknown;
}

const nameOf = (index: number): string => index.toString(36);
const about = { table: 't', pkname: 'id' };
const aDate = "'2026-03-01T12:00:00.000+00:00'";
const aRecord = (index: number): string =>
  `{"id":"${String(index)}","when_last_modified":${JSON.stringify(aDate)},"_move_off_tablet":"0"}`;

const bodies: Readonly<Record<string, () => Body>> = {
  'names of one table': () => ({
    ...{ operation: 'upload_empty_tables', field: 'tables', least: bySplit },
    text: listOf(() => 't'),
  }),
  'tables in dbdata': () => ({
    ...{ operation: 'upload_entire_database', field: 'dbdata', least: byParse },
    text: `{${listOf((index) => `"${nameOf(index)}":[]`)}}`,
    fields: { finalizing: '0', pknameinfo: '{"t":"id"}' },
  }),
  'records in dbdata': () => ({
    ...{ operation: 'upload_entire_database', field: 'dbdata', least: byParse },
    text: `{"t":[${listOf(aRecord)}]}`,
    fields: { finalizing: '0', pknameinfo: '{"t":"id"}' },
  }),
  'columns of a record': () => ({
    ...{ operation: 'upload_entire_database', field: 'dbdata', least: byParse },
    text: `{"t":[{${listOf((index) => `"${nameOf(index)}":"1"`)}}]}`,
    fields: { finalizing: '0', pknameinfo: '{"t":"id"}' },
  }),
  patients: () => ({
    ...{ operation: 'validate_patients', field: 'patient_info', least: byParse },
    text: `[${listOf(() => '{"idnum1":1,"finalizing":false}')}]`,
  }),
  'ID numbers of a patient': () => ({
    ...{ operation: 'validate_patients', field: 'patient_info', least: byParse },
    text: `[{${listOf((index) => `"idnum${String(index)}":1`)}}]`,
  }),
  'long ID numbers': () => ({
    ...{ operation: 'validate_patients', field: 'patient_info', least: byParse },
    text: `[${listOf((index) => `{"idnum1":${String(10n ** 18n + BigInt(index))},"finalizing":false}`)}]`,
  }),
  'keys to keep': () => ({
    ...{ operation: 'delete_where_key_not', field: 'pkvalues', least: bySplit, fields: about },
    text: listOf(String),
  }),
  'keys asked about': () => ({
    ...{ operation: 'which_keys_to_send', field: 'pkvalues', least: bySplit, fields: about },
    text: listOf(String),
  }),
  'dates beside one key': () => ({
    ...{ operation: 'which_keys_to_send', field: 'datevalues', least: bySplit, fields: { ...about, pkvalues: '1' } },
    text: listOf(() => aDate),
  }),
  'names of columns': () => ({
    ...{ operation: 'upload_record', field: 'fields', least: bySplit, fields: { ...about, values: '1' } },
    text: listOf(nameOf),
  }),
  'values of a record': () => ({
    ...{ operation: 'upload_record', field: 'values', least: bySplit },
    fields: { ...about, fields: [...columns].join(',') },
    text: listOf(() => '1'),
  }),
};

const timed = (call: () => unknown): number => {
  globalThis.gc?.();
  const started = performance.now();
  call();
  return performance.now() - started;
};

/** An object of millions of names takes the platform many seconds, so each is read once only. */
const isSlow = (name: string): boolean => ['tables in dbdata', 'columns of a record'].includes(name);

const figures: Record<string, Record<string, number>> = {};
for (const [name, bodyOf] of Object.entries(bodies)) {
  if (!name.includes(process.argv[2] ?? '')) continue;
  const { operation, field, text, fields = {}, least } = bodyOf();
  const pairs = Object.entries({ ...fields, [field]: text });
  const turns = Array.from(
    { length: isSlow(name) ? 1 : rounds },
    () => [timed(() => read({ clientVersion }, operation, pairs)), timed(() => least(text))] as const,
  );
  figures[name] = { ours: median(turns.map(([ours]) => ours)), least: median(turns.map(([, bare]) => bare)) };
}
console.log(JSON.stringify(figures satisfies Figures));
