/** Telling a refusal from anything else that a host's code may fail with. */
import type { UserError } from './user-error.js';

type Data<C extends UserError['code']> = readonly Exclude<keyof Extract<UserError, { readonly code: C }>, 'code'>[];

/** The data that each refusal must have; all are strings. */
const dataOf: { readonly [C in UserError['code']]: Data<C> } = {
  'not-post': [],
  'duplicate-field': ['field'],
  'invalid-field': ['field', 'rule'],
  'missing-version': [],
  'nonsensical-version': [],
  'reserved-device-name': [],
  'reserved-username': [],
  'version-too-old': ['actual', 'required'],
  'version-too-new': ['actual', 'supported'],
  'version-blocked': ['actual', 'supported'],
  'invalid-credentials': [],
  'no-upload-group': ['username'],
  'not-authorized-to-upload': [],
  'not-authorized-to-register-devices': [],
  'unregistered-device': [],
  'missing-field': ['field'],
  'unsupported-operation': ['operation'],
  'invalid-table': [],
  'client-too-old-for-table': ['actual', 'required', 'table'],
  'invalid-column': ['table'],
  'reserved-column': ['table', 'column'],
  'duplicate-column': ['table', 'column'],
  'wrong-primary-key': ['table'],
  'missing-primary-key': ['table'],
  'invalid-number': ['field'],
  'negative-number': ['field', 'value'],
  'count-mismatch': ['counted', 'count', 'expected', 'expectedCount'],
  'missing-column': ['column'],
  'invalid-value': ['field', 'place', 'rule'],
  'table-names-differ': [],
  'bad-json': ['field'],
  'wrong-json': ['json', 'problem'],
  'unknown-patient-key': [],
  'invalid-id-number-key': [],
  'repeated-id-number': ['type'],
  'missing-finalizing': [],
  'unknown-access-key': [],
  'unknown-id-number': ['type'],
  'unknown-id-number-in-upload': [],
  'invalid-id-number': ['type'],
  'patient-fails-policy': ['policy', 'patient'],
  'no-upload-under-way': [],
  'upload-under-way': [],
  refused: ['message'],
};

const hasCode = (error: unknown): error is { readonly code: UserError['code'] } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  // Stryker disable next-line ConditionalExpression: another type names no refusal; TypeScript needs it.
  typeof error.code === 'string' &&
  Object.hasOwn(dataOf, error.code);

/** Whether a host's failure is a refusal, whatever its types promised. */
export const isUserError = (error: unknown): error is UserError =>
  hasCode(error) &&
  dataOf[error.code].every((name) => Object.hasOwn(error, name)) &&
  Object.values(error).every((datum) => typeof datum === 'string');
