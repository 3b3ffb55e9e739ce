/** Tells a tablet's user which patient of an upload is refused, and why, without any of the patient's details. */
import { isLeft, isRight, left } from 'fp-ts/lib/Either.js';
import { toUndefined, type Option } from 'fp-ts/lib/Option.js';
import { refused, type UserError } from 'camcops-tablet-session';
import { readCommand, showIdPolicy, validatePatients } from 'camcops-tablet-session/operations';
import type { ReadPatient, ServerInfo, TabletHost } from 'camcops-tablet-session/operations';

import type { Tablet } from '../postgres/ports.js';
import type { Account } from '../postgres/users.js';
import type { AllHandlers } from './revoked.js';

const textOf = (detail: Option<string>): string => toUndefined(detail) ?? '';

const { compare } = new Intl.Collator();

/** Says where the tablet shows a patient. It sorts patients by surname, then by forename. */
const placeOf = (patients: readonly ReadPatient[], patient: ReadPatient): string => {
  const place = patients.indexOf(patient);
  const by = (name: 'surname' | 'forename', other: ReadPatient) => compare(textOf(other[name]), textOf(patient[name]));
  // They are counted, because sorting 200,000 patients would keep all other requests waiting for a second.
  const before = patients.filter((other, at) => (by('surname', other) || by('forename', other) || at - place) < 0);
  return `Patient ${String(before.length + 1)} of ${String(patients.length)} (by surname, then forename)`;
};

const wordsOf = (info: ServerInfo, refusal: UserError): string | undefined => {
  if (refusal.code === 'invalid-id-number') {
    const type = info.idNumbers.get(Number(refusal.type));
    return `the ${type?.description ?? 'ID number'} is not valid. Please check its digits`;
  }
  if (refusal.code === 'unknown-id-number')
    return `this server has no ID number of type ${refusal.type}. Please fetch server information, or speak to your administrator`;
  if (refusal.code !== 'patient-fails-policy') return undefined;
  const policy = refusal.policy === 'upload' ? info.uploadPolicy : info.finalizePolicy;
  return `the patient must have ${showIdPolicy(policy)}. Please add what is missing`;
};

/** Returns the same handlers, except that a refused patient is named by their place in the tablet's list. */
export const withPatientWords = (
  handlers: AllHandlers,
  { serverInfo }: Pick<TabletHost<unknown, Tablet, Account>, 'serverInfo'>,
): AllHandlers => ({
  ...handlers,
  validate_patients: (admission, fields) => async () => {
    const answer = await handlers.validate_patients(admission, fields)();
    if (isRight(answer) || answer.left.code === 'fault' || answer.left.code === 'defect') return answer;
    const info = await serverInfo(admission)();
    if (isLeft(info)) return info;
    const command = readCommand(new Map())(admission.session, 'validate_patients', fields);
    const patients = isLeft(command) ? [] : command.right.patients;
    const first = patients.find((patient) => isLeft(validatePatients(info.right)([patient])));
    const words = wordsOf(info.right, answer.left);
    if (first === undefined || words === undefined) return answer;
    return left(refused(`${placeOf(patients, first)}: ${words}`, answer.left.code));
  },
});
