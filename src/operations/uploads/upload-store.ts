/** What a host stores of uploads: an interface, and the name of an upload. */
import { isSome, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type * as t from 'io-ts';

import type { UploadAdmission } from '../../admission.js';
import type { Fault } from '../../failures.js';
import type { Device, User } from '../../ports.js';
import type { UserError } from '../../user-error.js';
import type { StoredRecord } from './plan-table.js';
import type { Staged } from './table-change.js';

interface UploadIdBrand {
  readonly UploadId: unique symbol;
}

/** The name of an upload of a device: which user it is of, and which session. Store it and compare it; do not read it. */
export type UploadId = t.Branded<string, UploadIdBrand>;

/**
 * The upload that a request belongs to. A tablet signs in anew for each upload, so the session tells them apart. For a host without
 * a `SessionStore`, all uploads of a user have the same name.
 *
 * @example
 * import { uploadIdOf } from 'camcops-tablet-session/operations';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const step = admissionTo('upload_table', { sessionId: some(8) });
 * uploadIdOf(step) === uploadIdOf(admissionTo('end_upload', { sessionId: some(8) })); // true
 * uploadIdOf(step) === uploadIdOf(admissionTo('end_upload', { sessionId: some(9) })); // false
 */
export const uploadIdOf = ({ user, session }: Pick<UploadAdmission, 'user' | 'session'>): UploadId => {
  const inSession = isSome(session.sessionId) ? String(session.sessionId.value) : 'none';
  // The one place that makes an UploadId.
  return `user ${String(user.id)}, session ${inSession}` as UploadId;
};

/**
 * A one-step upload in brief, for `storeWhole` to compare with the device's last: whether it finalizes, and the keys and dates of
 * every table. A host may store a hash of it instead.
 *
 * @example
 * import { stepOf, wholeInBrief, type TableChange } from 'camcops-tablet-session/operations';
 *
 * const emptied = (table: string): TableChange => ({ table, records: [], keep: 'sent', finalize: new Set() });
 * wholeInBrief(stepOf({ changes: [emptied('patient')], finalizing: true })); // '[true,["patient"]]'
 */
export const wholeInBrief = ({ finalizing, changes }: Staged<unknown>): string =>
  JSON.stringify([
    finalizing,
    ...[...changes].map(([table, { records }]) => [
      table,
      ...records.map(({ key, whenLastModified }) => [
        key,
        ...(isSome(whenLastModified) ? [whenLastModified.value] : []),
      ]),
    ]),
  ]);

/** What a host's function comes to: a refusal that the tablet's user reads, a `fault(cause)`, or the result. */
export type Done<E, A> = TaskEither<UserError | Fault<E>, A>;

/**
 * The uploads that a host stores. A device has at most one upload under way. `E` is the host's own type of fault. Each function does
 * all of its work in one transaction; after a fault, nothing has changed. A tablet may send a request again while the first is still
 * at work, so the transactions of one device must run one after the other: lock the device's row first.
 */
export interface UploadStore<E, D extends Device = Device, U extends User = User> {
  /**
   * Begins an upload: it forgets all that an unfinished upload of this device has staged, `finalizing` too. It refuses with
   * `uploadUnderWay` if the request is a late duplicate: `upload` is the very upload under way, has staged something, and is in a
   * session (`admission.session.sessionId` is `some`; without one, a new upload has the same name).
   */
  readonly begin: (admission: UploadAdmission<D, U>, upload: UploadId) => Done<E, void>;
  /**
   * Adds a step to what the upload has staged, by `stageStep`: nothing of it counts yet. It refuses with `noUploadUnderWay` unless
   * `upload` is under way on this device. Then it changes one thing: the end of the upload that was finished last cannot be repeated
   * any more, for the tablet must not hear that a step was taken which was not.
   */
  readonly stage: (admission: UploadAdmission<D, U>, upload: UploadId, step: Staged) => Done<E, void>;
  /**
   * Ends the upload: all that it has staged counts, by the `planTable` of each of its `changesToPlan`. It refuses with
   * `noUploadUnderWay` unless `upload` is under way on this device; but asked again by the upload that this device has finished last,
   * with no other step or start between, it changes nothing and answers as before.
   */
  readonly finish: (admission: UploadAdmission<D, U>, upload: UploadId) => Done<E, void>;
  /**
   * Stores a one-step upload, which counts at once, and ends any upload under way. If the device's last stored upload was this very
   * one and said the same ({@link wholeInBrief}), it changes nothing and answers as before.
   */
  readonly storeWhole: (admission: UploadAdmission<D, U>, upload: UploadId, whole: Staged) => Done<E, void>;
  /**
   * The device's records in a table that are current and not finalized; those of some keys only, if `keys` are given. What is staged
   * does not count.
   */
  readonly currentRecords: (
    admission: UploadAdmission<D, U>,
    table: string,
    keys: Option<ReadonlySet<number>>,
  ) => Done<E, readonly StoredRecord[]>;
}
