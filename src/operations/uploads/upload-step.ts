/** A step: the records that one request of an upload sends, and what becomes of those stored before. */
import { map } from 'fp-ts/lib/Either.js';
import { fromNullable, toNullable, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { guardCodec, optionOf, redacted } from '../../internal/codec.js';
import type { Row } from './row.js';

/** One record of one table on the tablet. Plans never look into `row`, so a host may replace it by a reference of its own. */
export interface UploadedRecord<R = Row> {
  /** The client's own key (`id`): 0 to 2^53 - 1. Clients use it again after its record has left the tablet. */
  readonly key: number;
  /** ISO 8601 with an offset, as it was sent. `none` if it is NULL or no instant. */
  readonly whenLastModified: Option<string>;
  /** Whether the tablet will delete the record after the upload. */
  readonly moveOffTablet: boolean;
  readonly row: R;
}

/** The change of one table. */
export interface TableChange<R = Row> {
  readonly table: string;
  /** No two have the same key. */
  readonly records: readonly UploadedRecord<R>[];
  /** Which of the records stored before stay: those just sent, all, or those with these keys. The tablet has deleted the others. */
  readonly keep: 'sent' | 'all' | ReadonlySet<number>;
  /** Keys of stored records that the tablet has marked, without sending them again, as about to leave it. */
  readonly finalize: ReadonlySet<number>;
}

/** The content of one request of an upload. Two changes of the same table apply in their order. */
export interface UploadStep<R = Row> {
  /** Whether every record of the device is finalized at the end. */
  readonly finalizing: boolean;
  readonly changes: readonly TableChange<R>[];
}

/** A step as JSON. */
export interface UploadStepJson<O> {
  readonly finalizing: boolean;
  readonly changes: readonly {
    readonly table: string;
    readonly records: readonly {
      readonly key: number;
      readonly whenLastModified: string | null;
      readonly moveOffTablet: boolean;
      readonly row: O;
    }[];
    readonly keep: 'sent' | 'all' | readonly number[];
    readonly finalize: readonly number[];
  }[];
}

const rule = 'must be a step of an upload';

const Key = guardCodec('Key', rule, (input): input is number => Number.isSafeInteger(input) && Number(input) >= 0);

const KeyList = t.readonlyArray(Key);
const Keys = new t.Type<ReadonlySet<number>, readonly number[]>(
  'Keys',
  (input): input is ReadonlySet<number> => input instanceof Set && [...input].every(Key.is),
  (input, context) => map((keys: readonly number[]) => new Set(keys))(KeyList.validate(input, context)),
  (keys) => [...keys],
);

const NullableText = t.union([t.string, t.null]);
const OptionalText = new t.Type<Option<string>, string | null>(
  'OptionalText',
  optionOf(t.string).is,
  (input, context) => map((text: string | null) => fromNullable(text))(NullableText.validate(input, context)),
  toNullable,
);

/**
 * Makes the codec of a step from that of its rows, for hosts that stage steps as JSON: `uploadStep(RowFromJson)`, or `uploadStep(t.number)`
 * for a host that stores rows elsewhere and puts numbers in their place. Store the JSON as text. Errors never hold the refused value.
 *
 * @example
 * import { RowFromJson, uploadStep, type UploadStep } from 'camcops-tablet-session/operations';
 * import { none } from 'fp-ts/lib/Option.js';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * const record = { key: 1, whenLastModified: none, moveOffTablet: false, row: { columns: ['q1'], values: [3] } };
 * const change = { table: 'phq9', records: [record], keep: 'sent', finalize: new Set<number>() } as const;
 * const json = uploadStep(RowFromJson).encode({ finalizing: false, changes: [change] });
 * json.changes[0]?.records[0]?.row; // { q1: 3 }
 * PathReporter.report(uploadStep(RowFromJson).decode({ ...json, finalizing: 0 })); // ['must be a step of an upload']
 */
export const uploadStep = <R, O>(row: t.Type<R, O>): t.Type<UploadStep<R>, UploadStepJson<O>> => {
  const Record = t.strict({ key: Key, whenLastModified: OptionalText, moveOffTablet: t.boolean, row });
  const keep = t.union([t.literal('sent'), t.literal('all'), Keys]);
  const Change = t.strict({ table: t.string, records: t.readonlyArray(Record), keep, finalize: Keys });
  return redacted('UploadStep', rule, t.strict({ finalizing: t.boolean, changes: t.readonlyArray(Change) }));
};
