/** What reading commands costs: a table, a whole database, what is kept of them, and a photograph. Prints figures as JSON. */
import { isRight, type Either } from 'fp-ts/lib/Either.js';

import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
import { readCommand } from 'camcops-tablet-session/operations';
import { rightOf } from '../support/decoded.js';
import { bytesInUse, median, type Figures } from './measure.js';
import { columns, oneStepFields, recordsOf } from './records.js';

const rounds = 25;
const recordCount = 10_000;

const records = recordsOf(recordCount);
const clientVersion: ClientVersion = rightOf(parseClientVersion('2.4.24'));
const tables = new Map([['phq9', { columns: new Set(columns), minClientVersion: clientVersion }]]);
const read = readCommand(tables);

const tableFields: readonly (readonly [string, string])[] = [
  ['table', 'phq9'],
  ['pkname', 'id'],
  ['fields', columns.join(',')],
  ['nrecords', String(recordCount)],
  ...records.map((cells, index) => [`record${String(index)}`, cells.join(',')] as const),
];

const wholeFields = oneStepFields(records);
const { dbdata } = wholeFields;

/** The same values as JSON. */
const values = JSON.stringify(
  records.map((cells) =>
    cells.map((literal) => {
      if (literal === 'NULL') return null;
      return literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : Number(literal);
    }),
  ),
);

const blobSize = 10_000_000;
const blob = `64'${Buffer.alloc(blobSize, 'photograph').toString('base64')}'`;
const blobFields = {
  table: 'blobs',
  pkname: 'id',
  fields: 'id,theblob,when_last_modified,_move_off_tablet',
  values: `1,${blob},'2026-11-24T09:30:15.123+05:30',0`,
};
const blobTables = new Map([
  ['blobs', { columns: new Set(blobFields.fields.split(',')), minClientVersion: clientVersion }],
]);

// Readers and rivals

const sure = <A>(result: Either<unknown, A>): A => {
  if (!isRight(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const client = { clientVersion };
const readTable = (): unknown => sure(read(client, 'upload_table', tableFields));
const readWhole = (): unknown => sure(read(client, 'upload_entire_database', wholeFields));
const readBlob = (): unknown => sure(readCommand(blobTables)(client, 'upload_record', blobFields));

const parseIntoMaps = (): unknown =>
  (JSON.parse(values) as unknown[][]).map((cells) => {
    const map = new Map<string, unknown>();
    for (const [at, column] of columns.entries()) map.set(column, cells[at]);
    return map;
  });
const parseText = (): unknown => JSON.parse(dbdata);
const decodeBlob = (): unknown => Buffer.from(blob.slice(3, -1), 'base64');

// Measuring

/** Milliseconds a call, the median of rounds in which all take their turn. */
const times = (calls: readonly (() => unknown)[]): readonly number[] => {
  const taken = calls.map(() => new Array<number>());
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, call] of calls.entries()) {
      globalThis.gc?.();
      const start = performance.now();
      call();
      taken[at]?.push(performance.now() - start);
    }
  }
  return taken.map(median);
};

const against = ([ours = NaN, rival = NaN]: readonly number[]) => ({ ours, rival, ratio: ours / rival });

/** The bytes that a result keeps, per character of its text. */
const kept = (call: () => unknown, characters: number): number => {
  const before = bytesInUse();
  const result = call();
  const after = bytesInUse();
  return result === undefined ? NaN : (after - before) / characters;
};

const characters = tableFields.reduce((sum, [, text]) => sum + text.length, 0);
const mapsOfNothing = (): unknown => records.map(() => new Map(columns.map((column) => [column, null])));
const keptBy = { ours: kept(readTable, characters), hand: kept(parseIntoMaps, characters) };
const figures: Figures = {
  'table of 10,000 x 35, ms': against(times([readTable, parseIntoMaps])),
  'one step of 10,000 x 35, ms': against(times([readWhole, parseText])),
  'table, kept bytes a character': against([keptBy.ours, keptBy.hand]),
  'the same Maps, by hand': { ours: keptBy.hand },
  'one of them, empty, in bytes': { ours: kept(mapsOfNothing, recordCount) },
  'one step, kept bytes a character': { ours: kept(readWhole, dbdata.length) },
  'blob of 10 MB, ms': against(times([readBlob, decodeBlob])),
  'blob, kept bytes a byte': { ours: kept(readBlob, blobSize) },
};
console.log(JSON.stringify(figures, undefined, 1));
