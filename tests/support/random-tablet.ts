/** A tablet whose user does anything, in any order: what it sends, in one step. It hands out keys again as SQLite does. */
import fc from 'fast-check';

import { oneStepBody, type SentRow } from './one-step.js';

const tables = ['patient', 'patient_idnum', 'phq9', 'photosequence', 'photosequence_photos', 'blobs'] as const;
type Table = (typeof tables)[number];

/** By table, the column that says whose a record is, and the table of its owner. */
const owners: Readonly<Record<Table, readonly [link: string, owner: Table] | undefined>> = {
  patient: undefined,
  patient_idnum: ['patient_id', 'patient'],
  phq9: ['patient_id', 'patient'],
  photosequence: ['patient_id', 'patient'],
  photosequence_photos: ['photosequence_id', 'photosequence'],
  blobs: ['tablepk', 'photosequence_photos'],
};

const acts = {
  add: ['patient', 'phq9', 'photosequence', 'photosequence'],
  edit: ['phq9'],
  delete: ['patient', 'phq9', 'photosequence', 'photosequence_photos'],
  upload: ['copy', 'mark', 'move', 'keep patients'],
} as const;

export interface Act {
  readonly act: keyof typeof acts;
  readonly what: string;
  readonly which: number;
  /** The tablet does not hear that the server has stored the upload. */
  readonly isLost: boolean;
}

const names = (['add', 'add', 'add', 'edit', 'delete', 'upload', 'upload'] as const).flatMap((act) =>
  acts[act].map((what) => ({ act, what })),
);

/** What the user of a tablet does in a day. */
export const dayOfActs: fc.Arbitrary<readonly Act[]> = fc.array(
  fc
    .tuple(fc.constantFrom(...names), fc.nat(20), fc.nat(5))
    .map(([act, which, luck]) => ({ ...act, which, isLost: luck === 0 })),
  { minLength: 10, maxLength: 50, size: 'max' },
);

/** The bodies that the tablet sends on such a day. */
export const bodiesOf = (device: string, day: readonly Act[]): readonly string[] => {
  const held = new Map(tables.map((table) => [table, new Map<number, SentRow>()]));
  const rowsOf = (table: Table) => held.get(table) ?? new Map<number, SentRow>();
  const bodies: string[] = [];
  let clock = 0;
  const now = (): string => {
    clock += 1;
    return `'${new Date(Date.UTC(2026, 10, 24) + clock * 1_001).toISOString()}'`;
  };
  const add = (table: Table, row: SentRow): string => {
    const key = Math.max(0, ...rowsOf(table).keys()) + 1;
    rowsOf(table).set(key, { id: String(key), _move_off_tablet: '0', when_last_modified: now(), ...row });
    return String(key);
  };
  const pick = (table: Table, which: number): number => {
    const keys = [...rowsOf(table).keys()];
    return keys[which % Math.max(1, keys.length)] ?? 0;
  };
  /** Does something to a record and all that belongs to it. */
  const withAll = (
    table: Table,
    key: number,
    work: (rows: Map<number, SentRow>, key: number, row: SentRow) => void,
  ): void => {
    for (const part of tables) {
      const link = owners[part];
      if (link?.[1] !== table) continue;
      for (const [partKey, row] of rowsOf(part)) if (row[link[0]] === String(key)) withAll(part, partKey, work);
    }
    const row = rowsOf(table).get(key);
    if (row !== undefined) work(rowsOf(table), key, row);
  };

  const does = {
    add: (what: string, which: number): void => {
      const patient_id = String(pick('patient', which));
      if (what === 'patient') {
        const key = add('patient', { surname: `'Patient ${String(clock)}'`, sex: "'F'" });
        add('patient_idnum', { patient_id: key, which_idnum: '1', idnum_value: String(1_000 + clock) });
      } else if (patient_id !== '0') {
        const key = add(what === 'phq9' ? 'phq9' : 'photosequence', { patient_id, when_created: now() });
        if (what === 'phq9') return;
        const part = add('photosequence_photos', { photosequence_id: key });
        add('blobs', { tablename: "'photosequence_photos'", tablepk: part, theblob: "64'AP8='" });
      }
    },
    edit: (_: string, which: number): void => {
      withAll('phq9', pick('phq9', which), (rows, key, row) =>
        rows.set(key, { ...row, when_last_modified: now(), q1: String(clock) }),
      );
    },
    delete: (what: string, which: number): void => {
      const table = tables.find((each) => each === what) ?? 'phq9';
      withAll(table, pick(table, which), (rows, key) => rows.delete(key));
    },
    upload: (what: string, which: number, isLost: boolean): void => {
      if (what === 'mark') {
        withAll('patient', pick('patient', which), (rows, key, row) =>
          rows.set(key, { ...row, _move_off_tablet: '1' }),
        );
      }
      const isMove = what === 'move' || what === 'keep patients';
      bodies.push(
        oneStepBody(device, isMove, Object.fromEntries(tables.map((table) => [table, [...rowsOf(table).values()]]))),
      );
      if (isLost) return;
      for (const table of tables) {
        const isKept = !isMove || (what === 'keep patients' && table.startsWith('patient'));
        for (const [key, row] of rowsOf(table))
          if (!isKept || row['_move_off_tablet'] === '1') rowsOf(table).delete(key);
      }
    },
  };
  for (const { act, what, which, isLost } of day) does[act](what, which, isLost);
  return bodies;
};
