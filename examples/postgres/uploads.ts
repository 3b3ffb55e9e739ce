/** The store of uploads. Each request of a tablet is one transaction, which locks its device. */
import AsyncLock from 'async-lock';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { isSome, toNullable } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { refused, type UploadAdmission } from 'camcops-tablet-session';
import { noUploads, RowFromJson, UploadState, uploadStep } from 'camcops-tablet-session/operations';
import type { Row, RowJson, UploadEffect, UploadStep, UploadStore } from 'camcops-tablet-session/operations';

import { asTask, stored, type Database, type Query } from './database.js';
import { currentRecords, patience, storeSteps, type OnStored } from './history.js';

const maxStagedBytes = 2 * 1024 ** 3;
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
  const bytes = before.bytes + Buffer.byteLength(step) + Buffer.byteLength(rows);
  if (bytes > maxStagedBytes) return left(tooLarge);
  await query(
    `with step as (insert into staged_steps (device_id, session_id, step, last_row, bytes) values ($1, $2, $3, $4, $5))
     insert into staged_rows select $1, $6 + place, row from json_array_elements($7) with ordinality e(row, place)`,
    [device.id, toNullable(session.sessionId), step, before.row + moved.length, bytes, before.row, rows],
  );
  return right(undefined);
};

/** Returns the store. `onStored` runs in the transaction of each upload that counts: to audit it, for example. */
export const databaseUploads = (db: Database, onStored?: OnStored): UploadStore<unknown> => {
  // Requests of one device wait here, so that each does not hold one of the few database connections meanwhile.
  const turns = new AsyncLock();

  const carryOut = async (query: Query, admission: UploadAdmission, effect: UploadEffect) => {
    const { id } = admission.device;
    if (effect.type === 'stage') return stage(query, admission, effect.step);
    if (effect.type === 'discard') {
      await query('delete from staged_steps where device_id = $1', [id]);
      await query('delete from staged_rows where device_id = $1', [id], patience);
    } else if (isSome(effect.whole)) {
      await storeSteps(query, admission, [effect.whole.value], onStored);
    } else {
      const sql = 'select step from staged_steps where device_id = $1 order by id';
      const steps = await query<{ step: unknown }>(sql, [id]);
      const read = steps.map(({ step }) => stored(NumberedStep, step));
      await storeSteps(query, admission, read, onStored);
    }
    return right(undefined);
  };

  return {
    transact: (admission, transition) =>
      asTask(() =>
        turns.acquire(String(admission.device.id), () =>
          db.transaction(async (query) => {
            const { id } = admission.device;
            const select = 'select upload_state as state from devices where id = $1 for update';
            const [device] = await query<{ state: unknown }>(select, [id]);
            if (device === undefined) throw new Error('the device is gone');
            const before = device.state === null ? noUploads : stored(UploadState, device.state);
            const { state, effects, answer } = transition(before);
            for (const effect of effects) {
              const done = await carryOut(query, admission, effect);
              // Only a stage refuses. It is the only effect of its request, so nothing has changed.
              if (isLeft(done)) return done;
            }
            const update = 'update devices set upload_state = $2 where id = $1';
            if (state !== before) await query(update, [id, JSON.stringify(state)]);
            return answer;
          }),
        ),
      ),

    currentRecords: ({ device }, table, keys) =>
      asTask(async () => right(await currentRecords(db.query, device.id, [table], toNullable(keys)))),
  };
};
