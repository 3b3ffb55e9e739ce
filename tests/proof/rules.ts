/** All that generated inputs must meet, and how often at least. `fuzz.ts` counts them as well. */
import { modelOperations } from './model.js';
import { formComparison } from './model-comparison.js';
import { firstDifference, type Comparison, type Met } from './compare.js';
import { dayComparison, patientComparison, requestComparison } from './operations/comparison.js';

/** `floors`: rules, parted by semicolons, and how often `count` inputs must meet each: far below the mean, for seeds differ. */
export interface Counted {
  readonly comparison: Comparison;
  readonly count: number;
  readonly floors: readonly (readonly [atLeast: number, rules: string])[];
}

const each = (text: string, names: readonly (number | string)[]): string =>
  names.map((name) => `${text}${String(name)}`).join('; ');
const ownFields = ['operation', 'device', 'user', 'password', 'session_id', 'session_token', 'camcops_version'];
const stepwise = ['upload_table', 'upload_record', 'which_keys_to_send', 'upload_empty_tables', 'delete_where_key_not'];
const fieldless = modelOperations.filter((name) => !/^upload_|^which|^delete|^validate/.test(name));
const kinds = ['sent', 'all', 'some'];

export const counted = {
  forms: {
    comparison: formComparison(),
    count: 50_000,
    floors: [
      [
        500,
        'unregistered-device; version-too-old; version-too-new; version-blocked; invalid-credentials; other-device; no-upload-group; ' +
          'not-authorized-to-upload; not-authorized-to-register-devices; unsupported-operation; missing-field; not-post; ' +
          'nonsensical-version; refused; fault; defect; served; status 200; status 503; status 405; deprecated client; ' +
          'no session store; copeWithDeletedPatientDescriptors; copeWithOldIdNums; explicitPkNameForUploadTable; ' +
          'pkNameInUploadTableNeitherFirstNorExplicit',
      ],
      [500, each('sign-in: ', ['resumed', 'password', 'none', 'failed'])],
      [500, each('sign-in row ', [1, 2, 3, 4, 5])],
      [300, each('session of another device, sign-in: ', ['password', 'failed'])],
      [500, each('gate of devices: ', ['open', 'unregistered-device'])],
      [
        500,
        each('gate of registration: ', ['open', 'invalid-credentials', 'other-device', 'no-upload-group']) +
          '; gate of registration: not-authorized-to-register-devices',
      ],
      [
        500,
        each('gate of uploading: ', ['open', 'invalid-credentials', 'other-device', 'no-upload-group']) +
          '; gate of uploading: not-authorized-to-upload; gate of uploading: unregistered-device',
      ],
      [100, each('invalid-field ', ownFields)],
      [50, each('duplicate-field ', ownFields)],
      [
        50,
        `missing-version; status 400; reserved-device-name; reserved-username; ${each('served: ', modelOperations)}`,
      ],
    ],
  },
  requests: {
    comparison: requestComparison,
    count: 20_000,
    floors: [
      [300, each('refused: ', ['missing-field', 'duplicate-field', 'bad-json', 'invalid-table', 'invalid-column'])],
      [100, 'refused: client-too-old-for-table; refused: invalid-value: literal'],
      [
        15,
        each('refused: ', [
          ...['invalid-number', 'reserved-column', 'duplicate-column', 'missing-column'],
          ...['missing-column: no records', 'wrong-primary-key', 'missing-primary-key', 'table-names-differ'],
          ...['unknown-patient-key', 'invalid-id-number-key', 'repeated-id-number', 'missing-finalizing'],
          ...['unknown-access-key', 'unknown-id-number', 'invalid-id-number'],
        ]),
      ],
      [5, 'refused: negative-number; refused: too-many; refused: invalid-field'],
      [15, each('refused: count-mismatch: ', ['values', 'values in record N', 'dates', 'PKs'])],
      [15, each('refused: wrong-json: ', ['pknameinfo', 'dbdata', 'patients', 'patient', 'no details'])],
      [15, each('refused: invalid-value: ', ['key', 'key twice', 'id of an old patient', 'date', 'ill-formed'])],
      [15, each('refused: invalid-value: ', ['key name', 'rows', 'row', 'cell', 'ID number', 'text', 'sex', 'dob'])],
      [15, each('refused: invalid-value: ', ['email', 'finalizing'])],
      [50, each('refused: patient-fails-policy: ', ['upload', 'finalizing'])],
      [300, each('read: ', stepwise)],
      [300, 'read: upload_entire_database; read: validate_patients; patients pass'],
      [15, each('read: ', fieldless)],
    ],
  },
  patients: {
    comparison: patientComparison,
    count: 20_000,
    floors: [[1000, 'policy: invalid; policy: true; policy: false; ID number: true; ID number: false']],
  },
  days: {
    comparison: dayComparison,
    count: 2_000,
    floors: [
      [300, 'accepted; insert; supersede; unchanged; remove; kept; sent again; sent, then not kept'],
      [
        300,
        each(
          'keep: ',
          kinds.flatMap((later) => kinds.map((earlier) => `${later} after ${earlier}`)),
        ),
      ],
      [300, each('wanted: ', ['not stored', 'another date', 'no marks'])],
      [300, 'not wanted; not wanted, marked; UPLOAD-INSERT; UPLOAD-UPDATE; a finalized key comes again'],
      [300, 'finalize by its mark: insert; finalize all: current'],
      [150, 'finalize all: deleted'],
      [30, each('finalize by its mark: ', ['supersede', 'unchanged'])],
      [30, each('finalize by a question: ', ['sent', 'kept'])],
      [
        30,
        'finalize all: superseded; finalize a predecessor; a mark is dropped: not kept; a mark is dropped: sent again',
      ],
      [300, 'a step repeated; an end repeated; a step of another upload; an end of another upload'],
      [300, 'a step refused in its upload; refused: its fields; refused: no-upload-under-way'],
      [30, 'refused: upload-under-way; start forgets; a whole upload repeated; a whole upload ends one under way'],
      [5, 'a table that the client may not use stays'],
      [30, 'ID numbers of an old client'],
      [
        30,
        each(
          'patients of an old client: ',
          stepwise.filter((name) => name !== 'which_keys_to_send'),
        ),
      ],
      [30, 'refused: unknown-id-number-in-upload; refused: invalid-id-number; refused: other-patient'],
    ],
  },
} as const satisfies Readonly<Record<string, Counted>>;

/** All rules of a kind, and how often each must be met. */
export const floorsOf = ({ floors }: Counted): ReadonlyMap<string, number> =>
  new Map(floors.flatMap(([atLeast, rules]) => rules.split('; ').map((rule): [string, number] => [rule, atLeast])));

/** Counts what is met. */
export const counting = (): { readonly met: Met; readonly counts: ReadonlyMap<string, number> } => {
  const counts = new Map<string, number>();
  return { met: (rule) => void counts.set(rule, (counts.get(rule) ?? 0) + 1), counts };
};

/** What is wrong with a whole run: the difference, the rules that are met too seldom, and those that nobody expects. */
export const shortOf = async (kind: Counted, seed: number): Promise<readonly unknown[]> => {
  const { met, counts } = counting();
  const difference = await firstDifference(kind.comparison, seed, kind.count, met);
  if (difference !== undefined) return [difference];
  const floors = floorsOf(kind);
  const seldom = [...floors].filter(([rule, atLeast]) => (counts.get(rule) ?? 0) < atLeast);
  const unknown = [...counts.keys()].filter((rule) => !floors.has(rule));
  return [...seldom.map(([rule]) => `${rule}: ${String(counts.get(rule) ?? 0)}`), ...unknown];
};
