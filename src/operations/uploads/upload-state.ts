/** The state of a device's uploads: which upload a request belongs to, and what is late or repeated. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import type { UploadAdmission } from '../../admission.js';
import { redacted } from '../../internal/codec.js';
import { digestOf } from '../../internal/digest.js';
import { noUploadUnderWay } from '../../refusals/uploads.js';
import type { UserError } from '../../user-error.js';
import { NullableText, RowFromJson, type UploadStep } from './upload-step.js';

/**
 * What a device remembers of its uploads: plain JSON, which a host stores with the device and passes back. The texts name uploads; a host
 * need not understand them.
 */
export interface UploadState {
  /** The upload that has begun and not ended. */
  readonly underWay: string | null;
  /** Whether the upload under way has staged a step. */
  readonly hasStaged: boolean;
  /** The last upload that finished, if no step and no start has come since: its end may be repeated. */
  readonly finished: string | null;
  /** The upload that was stored last, and its content, if it was a one-step upload. */
  readonly whole: string | null;
}

/** Decodes the state that a host has stored as JSON. Errors never hold the refused value. */
export const UploadState: t.Type<UploadState> = redacted(
  'UploadState',
  'must be a state that a transition returned',
  t.strict({ underWay: NullableText, hasStaged: t.boolean, finished: NullableText, whole: NullableText }),
);

/** The state of a device that has never uploaded. */
export const noUploads: UploadState = { underWay: null, hasStaged: false, finished: null, whole: null };

/** What a request asks for. */
export type UploadRequest =
  | { readonly type: 'begin' }
  | { readonly type: 'stage'; readonly step: UploadStep }
  | { readonly type: 'finish' }
  | { readonly type: 'whole'; readonly whole: UploadStep };

/** What a host does to the device's uploads. */
export type UploadEffect =
  /** Forget all that the device has staged. */
  | { readonly type: 'discard' }
  /** Add a step to what the device has staged. */
  | { readonly type: 'stage'; readonly step: UploadStep }
  /** Store the staged steps; for a one-step upload, store `whole` instead. */
  | { readonly type: 'store'; readonly whole: Option<UploadStep> };

/** What a request does. Store the state even if the answer is a refusal. */
export interface UploadTransition {
  /** The identical object that was passed in, if nothing changes. */
  readonly state: UploadState;
  /** In the order in which to do them. */
  readonly effects: readonly UploadEffect[];
  readonly answer: Either<UserError, void>;
}

/**
 * Returns the upload that a request belongs to. A tablet signs in anew for each upload, so the session tells them apart. Without a `SessionStore`
 * a user has one upload for each device.
 */
const uploadOf = ({ user, session: { sessionId } }: Pick<UploadAdmission, 'user' | 'session'>): string =>
  `user ${String(user.id)}, session ${isSome(sessionId) ? String(sessionId.value) : 'none'}`;

/**
 * Yields the content that tells one-step uploads apart: whether the upload finalizes, and each record's key, mark and date. A row without a
 * usable date counts whole, because nothing else shows that it has changed.
 */
function* contentOf({ finalizing, changes }: UploadStep): Generator<string> {
  yield String(finalizing);
  for (const { table, records } of changes) {
    yield table;
    for (const { key, moveOffTablet, whenLastModified, row } of records) {
      const content = isSome(whenLastModified) ? whenLastModified.value : RowFromJson.encode(row);
      yield JSON.stringify([key, moveOffTablet, content]);
    }
  }
}

const accept = (state: UploadState, ...effects: readonly UploadEffect[]) => ({
  state,
  effects,
  answer: right(undefined),
});
const refuse = (state: UploadState, refusal: UserError) => ({ state, effects: [], answer: left(refusal) });

/**
 * Decides what a request does to the uploads of a device. "This upload" is that of the admission's user and session.
 *
 * | request | if | state | effects | answer |
 * |---|---|---|---|---|
 * | begin | this upload is under way, has staged, and is in a session | as it was | | `upload-under-way` |
 * | begin | else | this upload is under way; nothing staged, nothing finished | discard | right |
 * | stage | this upload is under way | has staged | stage | right |
 * | stage | else | nothing finished | | `no-upload-under-way` |
 * | finish | this upload is under way | finished: this upload, and nothing else | store, discard | right |
 * | finish | else, and this upload is finished | as it was | | right |
 * | finish | else | as it was | | `no-upload-under-way` |
 * | whole | the last stored upload was this one, with the same content | as it was | | right |
 * | whole | else | whole: this upload and its content, and nothing else | discard, store | right |
 *
 * A client whose connection breaks repeats the request in the same session. So a start that comes again once a step is staged is a late
 * duplicate: beginning anew would lose a step that the tablet believes stored. A step or an end of another upload is refused, because a
 * tablet that hears success may delete its copy. CamCOPS's client API silently begins an upload instead.
 *
 * @example
 * import { noUploads, uploadTransition } from 'camcops-tablet-session/operations';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 *
 * const { state, effects } = uploadTransition(admissionTo('start_upload'))({ type: 'begin' })(noUploads);
 * effects; // [{ type: 'discard' }]
 * uploadTransition(admissionTo('end_upload'))({ type: 'finish' })(state).answer; // right(undefined)
 * uploadTransition(admissionTo('end_upload'))({ type: 'finish' })(noUploads).answer; // left({ code: 'no-upload-under-way' })
 */
export const uploadTransition =
  (admission: Pick<UploadAdmission, 'user' | 'session'>) =>
  (request: UploadRequest) =>
  (state: UploadState): UploadTransition => {
    const upload = uploadOf(admission);
    const isUnderWay = state.underWay === upload;
    switch (request.type) {
      case 'begin': {
        const isLate = isUnderWay && state.hasStaged && isSome(admission.session.sessionId);
        if (isLate) return refuse(state, { code: 'upload-under-way' });
        return accept({ ...noUploads, underWay: upload, whole: state.whole }, { type: 'discard' });
      }
      case 'stage':
        if (!isUnderWay)
          return refuse(state.finished === null ? state : { ...state, finished: null }, noUploadUnderWay);
        return accept(state.hasStaged ? state : { ...state, hasStaged: true }, { type: 'stage', step: request.step });
      case 'finish':
        if (!isUnderWay) return state.finished === upload ? accept(state) : refuse(state, noUploadUnderWay);
        return accept({ ...noUploads, finished: upload }, { type: 'store', whole: none }, { type: 'discard' });
      case 'whole': {
        const whole = `${upload}, content ${digestOf(contentOf(request.whole))}`;
        if (state.whole === whole) return accept(state);
        return accept({ ...noUploads, whole }, { type: 'discard' }, { type: 'store', whole: some(request.whole) });
      }
    }
  };
