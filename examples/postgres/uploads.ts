/** The store of uploads. Each request of a tablet is one transaction, which locks its device. */
import { AsyncResource } from 'node:async_hooks';
import AsyncLock from 'async-lock';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { isSome, toNullable } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { refused, type UploadAdmission } from 'camcops-tablet-session';
import { foldSteps, noUploads, RowFromJson, UploadState, uploadStep } from 'camcops-tablet-session/operations';
import type { Row, RowJson, Staged, UploadStep, UploadStore } from 'camcops-tablet-session/operations';

import { asTask, stored, type Database, type Query } from './database.js';
import { currentRecords, patience, store, type OnStored } from './history.js';

const maxStagedBytes = 2 * 1024 ** 3;
const part = maxStagedBytes / 16;
const tooLarge = refused('This upload is larger than this server takes: please upload more often', 'upload-too-large');

/** A step with numbers in place of its rows, so that plans read no photographs. */
const NumberedStep = uploadStep(t.number);

/** Stores a step, and its rows apart, numbered from 1 over all steps of the device. */
const stage = async (query: Query, { device, session }: UploadAdmission, { finalizing, changes }: UploadStep) => {
  const select = 'select last_row as row, bytes from staged_steps where device_id = $1 order by id desc limit 1';
  const [before = { row: 0, bytes: 0 }] = await query<{ row: number; bytes: number }>(select, [device.id]);
  const moved: RowJson[] = [];
  const numberOf = (row: Row) => before.row + moved.push(RowFromJson.encode(row));
  const numbered = changes.map((change) => {
    return { ...change, records: change.records.map((record) => ({ ...record, row: numberOf(record.row) })) };
  });
  const step = JSON.stringify(NumberedStep.encode({ finalizing, changes: numbered }));
  const rows = JSON.stringify(moved);
  // A byte of a step counts 64 times: at the end steps come into memory, but rows do not.
  const bytes = before.bytes + 64 * Buffer.byteLength(step) + Buffer.byteLength(rows);
  if (bytes > maxStagedBytes) return left(tooLarge);
  await query(
    `with step as (insert into staged_steps (device_id, session_id, step, last_row, bytes) values ($1, $2, $3, $4, $5))
     insert into staged_rows select $1, $6 + place, row from json_array_elements($7) with ordinality e(row, place)`,
    [device.id, toNullable(session.sessionId), step, before.row + moved.length, bytes, before.row, rows],
  );
  return right(undefined);
};

/** Folds what a device has staged, a part at a time, because all at once could fill the memory. */
const stagedOf = async (query: Query, id: number): Promise<Staged<number>> => {
  let staged = foldSteps<number>([]);
  for (let from = 0; from < maxStagedBytes; from += part) {
    const sql = 'select step from staged_steps where device_id = $1 and bytes > $2 and bytes <= $3 order by id';
    const steps = await query<{ step: unknown }>(sql, [id, from, from + part]);
    const before = { ...staged, changes: [...staged.changes.values()] };
    staged = foldSteps([before, ...steps.map(({ step }) => stored(NumberedStep, step))]);
  }
  return staged;
};

/** Returns the store. `onStored` runs in the transaction of each upload that counts: to audit it, for example. */
export const databaseUploads = (db: Database, onStored?: OnStored): UploadStore<unknown> => {
  // Requests of one device wait here, so that each does not hold one of the few database connections meanwhile.
  const turns = new AsyncLock();

  return {
    transact: (admission, transition) =>
      asTask(() => {
        const { id } = admission.device;
        const work = async (query: Query) => {
          const select = 'select upload_state as state from devices where id = $1 for update';
          const [device] = await query<{ state: unknown }>(select, [id]);
          if (device === undefined) throw new Error('the device is gone');
          const before = device.state === null ? noUploads : stored(UploadState, device.state);
          const { state, effects, answer } = transition(before);
          for (const effect of effects)
            if (effect.type === 'stage') {
              const done = await stage(query, admission, effect.step);
              // It is the only effect of its request, so nothing has changed.
              if (isLeft(done)) return done;
            } else if (effect.type === 'discard') {
              await query('delete from staged_steps where device_id = $1', [id]);
              await query('delete from staged_rows where device_id = $1', [id], patience);
            } else {
              const staged = isSome(effect.whole) ? foldSteps([effect.whole.value]) : await stagedOf(query, id);
              await store(query, admission, staged, onStored);
            }
          if (state !== before)
            await query('update devices set upload_state = $2 where id = $1', [id, JSON.stringify(state)]);
          return answer;
        };
        // Bound, because the lock would run it in the asynchronous context of the request before it.
        const inTurn = AsyncResource.bind(() => db.transaction(work));
        return turns.acquire(String(id), inTurn);
      }),

    currentRecords: ({ device }, table, keys) =>
      asTask(async () => right(await currentRecords(db.query, device.id, [table], toNullable(keys)))),
  };
};
