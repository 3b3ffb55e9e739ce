/** The SQL of `docs/uploads.md`, on PostgreSQL: it keeps every law of uploads. */
import { readFileSync } from 'node:fs';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { fromNullable, isSome, none, toNullable } from 'fp-ts/lib/Option.js';
import { afterAll, expect, it } from 'vitest';

import { fault, type Fault, type UploadAdmission, type UserError } from 'camcops-tablet-session';
import {
  changesToPlan,
  combineChanges,
  noUploadUnderWay,
  planTable,
  TableChangeJson,
  uploadUnderWay,
  wholeInBrief,
  type Staged,
  type TableChange,
  type UploadedRecord,
  type UploadStore,
} from 'camcops-tablet-session/operations';
import { admissionTo, uploadLaws, type StoredVersion } from 'camcops-tablet-session/testing';
import { decoded } from '../support/decoded.js';

const page = readFileSync(new URL('../../docs/uploads.md', import.meta.url), 'utf8');
const [schema = '', steps = ''] = [...page.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql]) => sql);
const [selectStored = '', supersede = '', remove = '', insert = '', finalizeKeys = '', finalizeAll = ''] = steps
  .replaceAll(/^--.*$/gm, '')
  .split(';');

const db = new PGlite();
afterAll(() => db.close());

const tables = new Map([
  ['phq9', {}],
  ['gad7', {}],
]);

interface DeviceRow {
  readonly id: number;
  readonly upload: string | null;
  readonly has_staged: boolean;
  readonly finalizing: boolean;
  readonly finished: string | null;
  readonly whole: string | null;
  readonly whole_brief: string | null;
}

/** The numbers that a statement of the page names, in its order. */
const run = <Row>(tx: Transaction, sql: string, values: Readonly<Record<number, unknown>>) => {
  const numbers = [...new Set([...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))];
  const renumbered = sql.replaceAll(/\$(\d+)/g, (_, number) => `$${String(numbers.indexOf(Number(number)) + 1)}`);
  return tx.query<Row>(
    renumbered,
    numbers.map((number) => values[number]),
  );
};

const asText = (records: readonly UploadedRecord[]): string =>
  JSON.stringify(TableChangeJson.encode({ table: '', records, keep: 'all', finalize: new Set() }));
const fromText = (text: string): TableChange => decoded(TableChangeJson, JSON.parse(text));

const carryOut = async (tx: Transaction, { user, groupId, device }: UploadAdmission, staged: Staged) => {
  for (const change of changesToPlan(tables)(staged)) {
    const place = { 1: device.id, 2: change.table };
    const { rows } = await run<{ ref: number; key: number; when_last_modified: string | null }>(
      tx,
      selectStored,
      place,
    );
    const stored = rows.map(({ ref, key, when_last_modified }) => ({
      ref,
      key,
      whenLastModified: fromNullable(when_last_modified),
    }));
    const plan = planTable(stored)(change, staged);
    await run(tx, supersede, { 3: plan.supersede.map(({ ref }) => ref) });
    await run(tx, remove, { 4: plan.remove });
    const added = [...plan.insert.map((record) => ({ ref: null, record })), ...plan.supersede];
    const sent = added.map(({ ref, record }) => ({
      key: record.key,
      when_last_modified: toNullable(record.whenLastModified),
      data: asText([record]),
      predecessor: ref,
    }));
    await run(tx, insert, { ...place, 5: JSON.stringify(sent), 6: user.id, 7: groupId });
    if (plan.finalize === 'all') await run(tx, finalizeAll, place);
    else await run(tx, finalizeKeys, { ...place, 8: [...plan.finalize] });
  }
};

const setDevice = (tx: Transaction, { id }: DeviceRow, values: Partial<Omit<DeviceRow, 'id'>>) =>
  tx.query(
    `UPDATE device SET ${Object.keys(values)
      .map((name, index) => `${name} = $${String(index + 2)}`)
      .join()} WHERE id = $1`,
    [id, ...Object.values(values)],
  );

const stagedOf = async (tx: Transaction, { id, finalizing }: DeviceRow): Promise<Staged> => {
  const { rows } = await tx.query<{ change: string }>('SELECT change FROM staged WHERE device_id = $1', [id]);
  const changes = rows.map(({ change }) => fromText(change));
  return { finalizing, changes: new Map(changes.map((change) => [change.table, change])) };
};

type Work<A> = (tx: Transaction, row: DeviceRow) => Promise<Either<UserError, A>>;

/** A store whose every transaction ends as `end` does. */
const storeThat = (end: () => void): UploadStore<unknown> => {
  const inTransaction =
    <A>({ device }: UploadAdmission, work: Work<A>) =>
    (): Promise<Either<UserError | Fault<unknown>, A>> =>
      db
        .transaction(async (tx) => {
          const { rows } = await tx.query<DeviceRow>('SELECT * FROM device WHERE id = $1 FOR UPDATE', [device.id]);
          const [row] = rows;
          if (row === undefined) throw new Error('no such device');
          const done = await work(tx, row);
          end();
          return done;
        })
        .catch((cause: unknown) => left(fault(cause)));
  const forget = (tx: Transaction, { id }: DeviceRow) => tx.query('DELETE FROM staged WHERE device_id = $1', [id]);

  return {
    begin: (admission, upload) =>
      inTransaction(admission, async (tx, row) => {
        const isLate = row.upload === upload && row.has_staged && isSome(admission.session.sessionId);
        if (isLate) return left(uploadUnderWay);
        await forget(tx, row);
        await setDevice(tx, row, { upload, has_staged: false, finalizing: false, finished: null });
        return right(undefined);
      }),
    stage: (admission, upload, step) =>
      inTransaction(admission, async (tx, row) => {
        if (row.upload !== upload) {
          await setDevice(tx, row, { finished: null });
          return left(noUploadUnderWay);
        }
        const { changes } = await stagedOf(tx, row);
        for (const [table, change] of step.changes) {
          const before = changes.get(table);
          const combined = before === undefined ? change : combineChanges(before, change);
          await tx.query(
            'INSERT INTO staged VALUES ($1, $2, $3) ON CONFLICT (device_id, table_name) DO UPDATE SET change = $3',
            [row.id, table, JSON.stringify(TableChangeJson.encode(combined))],
          );
        }
        await setDevice(tx, row, { has_staged: true, finalizing: row.finalizing || step.finalizing });
        return right(undefined);
      }),
    finish: (admission, upload) =>
      inTransaction(admission, async (tx, row) => {
        if (row.upload !== upload) return row.finished === upload ? right(undefined) : left(noUploadUnderWay);
        await carryOut(tx, admission, await stagedOf(tx, row));
        await forget(tx, row);
        await setDevice(tx, row, { upload: null, finished: upload, whole: null });
        return right(undefined);
      }),
    storeWhole: (admission, upload, whole) =>
      inTransaction(admission, async (tx, row) => {
        const brief = wholeInBrief(whole);
        if (row.whole === upload && row.whole_brief === brief) return right(undefined);
        await carryOut(tx, admission, whole);
        await forget(tx, row);
        await setDevice(tx, row, { upload: null, finished: null, whole: upload, whole_brief: brief });
        return right(undefined);
      }),
    currentRecords: (admission, table, keys) =>
      inTransaction(admission, async (tx, { id }) => {
        const { rows } = await run<{ ref: number; key: number }>(tx, selectStored, { 1: id, 2: table });
        const records = rows.map(({ ref, key }) => ({
          ref,
          key,
          whenLastModified: none,
        }));
        return right(isSome(keys) ? records.filter(({ key }) => keys.value.has(key)) : records);
      }),
  };
};

const versions = async ({ id }: { readonly id: number }, table: string) => {
  const sql = 'SELECT key, data, state, finalized FROM version WHERE device_id = $1 AND table_name = $2 ORDER BY pk';
  const { rows } = await db.query<Pick<StoredVersion, 'state' | 'finalized'> & { key: number; data: string }>(sql, [
    id,
    table,
  ]);
  return rows.map(({ key, data, state, finalized }) => {
    const [record] = fromText(data).records;
    return { key, values: record?.values ?? new Map(), state, finalized };
  });
};

it('keeps the laws', async () => {
  await db.exec(schema);
  await db.exec("INSERT INTO device (name) VALUES ('tablet-1'), ('tablet-2')");
  const failing = storeThat(() => {
    throw new Error('the connection broke');
  });
  const laws = uploadLaws(
    storeThat(() => undefined),
    {
      admission: admissionTo('end_upload'),
      otherUser: admissionTo('end_upload', { user: { id: 2, username: 'bob' } }),
      otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
      tables: ['phq9', 'gad7'],
      column: 'q1',
      versions,
      failing,
    },
  );
  for (const { name, check } of laws) {
    const verdict = await check();
    expect([name, isLeft(verdict) ? verdict.left : 'kept']).toEqual([name, 'kept']);
  }
  expect(laws.length).toBeGreaterThan(30);
}, 120_000);
