/** What the laws of uploads use for their trials. */
import { isLeft } from 'fp-ts/lib/Either.js';

import type { Device, UploadAdmission, User } from '../index.js';
import { aBoolean, arrayOf, objectOf, optionalOf, shape, wordsOf } from '../internal/shape.js';
import { RowFromJson, type UploadStore, type Value } from '../operations/index.js';
import type { StoredVersion } from './in-memory-uploads.js';

/** The parts of a stored version that the laws read. */
export type ReadVersion = Pick<StoredVersion, 'key' | 'row' | 'state' | 'finalized' | 'finalizedIn'>;

/** What the laws use for their trials. Nothing else may upload from these devices meanwhile; their stored records are finalized. */
export interface UploadLawSubjects<E, D extends Device = Device, U extends User = User> {
  /** A device and a user. The laws upload in sessions with ids above this one's. */
  readonly admission: UploadAdmission<D, U>;
  /** The same device, and another user. */
  readonly otherUser: UploadAdmission<D, U>;
  /** Another device, and the same user. */
  readonly otherDevice: UploadAdmission<D, U>;
  /** Two tables that tablets may upload. */
  readonly tables: readonly [string, string];
  /** A text column of both tables, besides `id`, `when_last_modified` and `_move_off_tablet`. */
  readonly column: string;
  /** Values that the column must give back unchanged. If left out: some of every kind. */
  readonly values?: readonly Value[];
  /** Returns all versions of a device's records in a table, oldest first: superseded, deleted and finalized ones too. */
  readonly versions: (device: D, table: string) => Promise<readonly ReadVersion[]>;
  /** The same store, in which every change fails in the middle. If left out, there are no laws of failures. */
  readonly failing?: UploadStore<E, D, U>;
}

const aNumber = shape('a number', Number.isSafeInteger);
const someVersions = arrayOf(
  objectOf({
    key: aNumber,
    row: shape('a Row (columns and values)', RowFromJson.is),
    state: shape("'current', 'superseded' or 'deleted'", (state) =>
      ['current', 'superseded', 'deleted'].some((each) => each === state),
    ),
    finalized: aBoolean,
    finalizedIn: optionalOf(aNumber),
  }),
);

/** Calls the subjects' `versions`. Rejects, and says what is wrong, if the answer cannot be used. */
export const versionsBy =
  <E, D extends Device, U extends User>({ versions }: UploadLawSubjects<E, D, U>) =>
  async (device: D, table: string): Promise<readonly ReadVersion[]> => {
    const reject = (words: string) => Promise.reject(new TypeError(`versions ${words}`));
    const found = await Promise.resolve()
      .then(() => versions(device, table))
      .catch((thrown: unknown) => reject(`failed: ${String(thrown)}`));
    const checked = someVersions(found);
    return isLeft(checked) ? reject(`answered wrongly: ${wordsOf('the answer')(checked.left)}`) : found;
  };
