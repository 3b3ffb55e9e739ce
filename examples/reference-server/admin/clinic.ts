/** Commands about policies, ID numbers, patients and their schedules. */
import { isLeft } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import { userErrorMessage } from 'camcops-tablet-session';
import { showIdPolicy, validatePatients } from 'camcops-tablet-session/operations';
import type { PatientDetails, ServerInfo } from 'camcops-tablet-session/operations';

import type { Query } from '../../postgres/database.js';
import { readPatient, serverInfoOf } from '../../postgres/host.js';
import { newAccessKey, storePatient } from '../patients.js';
import { must } from '../settings.js';
import { groupOf, lineOf, numberOf, policyOf, taskOf, timeOf } from './arguments.js';
import type { Command } from './command.js';

/** Returns what the tablets of a group are told, with any title, because each server has its own. */
export const infoOf = (query: Query, groupId: number): Promise<ServerInfo> => serverInfoOf(query, groupId, 'any');

/** Checks a patient by both policies of a group. */
const checked = (info: ServerInfo, patient: PatientDetails) =>
  validatePatients(info)([false, true].map((finalizing) => ({ ...patient, finalizing })));

/** Reads a patient that an administrator has typed, and returns them as tablets write patients. The group's policies must be satisfied. */
const patientOf = (info: ServerInfo, typed: string): string => {
  const example = '{"forename":"Ann","sex":"F","dob":"1980-02-29","idnum1":7007}';
  const [, members = ''] = /^\s*\{([^]*)\}\s*$/.exec(typed) ?? [];
  must(members.trim() !== '' && !members.includes('"finalizing"'), `The patient must be JSON such as ${example}`);
  const stored = `[{${members},"finalizing":false}]`;
  const read = readPatient(stored);
  if (isLeft(read)) throw new Error(`${userErrorMessage(read.left)}. A patient is JSON such as ${example}`);
  const { sex } = read.right;
  must(isSome(sex) && sex.value !== '', 'The patient must have a sex: "sex":"F", "M" or "X"');
  const valid = checked(info, read.right);
  if (isLeft(valid)) throw new Error(wordsOfPatient(info, valid.left));
  return stored;
};

const wordsOfPatient = (info: ServerInfo, refusal: Parameters<typeof userErrorMessage>[0]): string => {
  if (refusal.code === 'unknown-id-number')
    return `ID number type ${refusal.type} is not defined: "idnumber ${refusal.type} DESCRIPTION SHORT" defines it`;
  if (refusal.code !== 'patient-fails-policy') return userErrorMessage(refusal);
  const policy = refusal.policy === 'upload' ? info.uploadPolicy : info.finalizePolicy;
  return `The patient must satisfy the ${refusal.policy} policy of the group: ${showIdPolicy(policy)}`;
};

/** Warns of patients with a tablet of their own that could not upload them. */
const failing = async (query: Query): Promise<string> => {
  const patients = await query<{ id: number; groupId: number; details: string }>(
    'select id, group_id as "groupId", details from patients where withdrawn_at is null order by id',
  );
  const infos = new Map<number, ServerInfo>();
  for (const { groupId } of patients) if (!infos.has(groupId)) infos.set(groupId, await infoOf(query, groupId));
  const ids = patients.filter(({ groupId, details }) => {
    const [read, info] = [readPatient(details), infos.get(groupId)];
    return isLeft(read) || info === undefined || isLeft(checked(info, read.right));
  });
  if (ids.length === 0) return '';
  return ` Their own tablets cannot upload these patients any more: ${ids.map(({ id }) => id).join(', ')}.`;
};

export const clinicCommands: Readonly<Record<string, Command>> = {
  group: {
    takes: 'NAME UPLOAD FINALIZE',
    does: 'add a group, or change its ID policies, such as "sex AND idnum1"',
    run: async (query, [name = '', upload = '', finalize = '']) => {
      lineOf('NAME', name);
      const policies = [policyOf('UPLOAD', upload), policyOf('FINALIZE', finalize)];
      const saved = await query(
        `insert into groups as g (name, upload_policy, finalize_policy) values ($1, $2, $3)
         on conflict (name) do update set upload_policy = excluded.upload_policy, finalize_policy = excluded.finalize_policy
         where (g.upload_policy, g.finalize_policy) <> (excluded.upload_policy, excluded.finalize_policy) returning id`,
        [name, ...policies],
      );
      if (saved.length === 0) return { words: `${name} has these policies: nothing has changed.` };
      const words = `The policies of ${name} are set.${await failing(query)}`;
      return { words, changed: { details: { saved: 'group', group: name } }, isToldToTablets: true };
    },
  },

  idnumber: {
    takes: 'N DESCRIPTION SHORT [uk_nhs_number]',
    does: 'define a type of ID number, or change one',
    run: async (query, [text = '', description = '', short = '', validation = '']) => {
      const which = numberOf('N', text);
      must(['', 'uk_nhs_number'].includes(validation), 'The only validation is uk_nhs_number');
      const saved = await query(
        `insert into id_number_types as t values ($1, $2, $3, nullif($4, '')) on conflict (which) do update
           set description = excluded.description, short_description = excluded.short_description, validation = excluded.validation
         where (t.description, t.short_description, coalesce(t.validation, '')) <> ($2, $3, $4) returning which`,
        [which, lineOf('DESCRIPTION', description), lineOf('SHORT', short), validation],
      );
      if (saved.length === 0) return { words: `ID number ${text} is defined so: nothing has changed.` };
      const words = `ID number ${text} is defined.${await failing(query)}`;
      return { words, changed: { details: { saved: 'idnumber', which } }, isToldToTablets: true };
    },
  },

  patient: {
    takes: 'GROUP',
    does: 'add a patient with a tablet of their own, read as JSON such as {"forename":"Ann","sex":"F","idnum1":7007}; print the access key',
    reads: 'The patient',
    run: async (query, [group = ''], read) => {
      const groupId = await groupOf(query, group);
      const [key, details] = [newAccessKey(), patientOf(await infoOf(query, groupId), read)];
      const patient = await storePatient(query, key, details, groupId);
      const words = `Patient ${String(patient)} has the access key\n${key}`;
      return { words, changed: { details: { saved: 'patient', patient } } };
    },
  },

  schedule: {
    takes: 'PATIENT NAME TABLE FROM BY',
    does: 'schedule a task for a patient, by number, between two times such as 2026-12-01T09:00Z',
    run: async (query, [text = '', name = '', table = '', from = '', by = '']) => {
      const patient = numberOf('PATIENT', text);
      const task = taskOf('TABLE', table);
      const [start, end] = [timeOf('FROM', from), timeOf('BY', by)];
      must(start < end, 'FROM must be before BY');
      const there = await query('select from patients where id = $1 and withdrawn_at is null', [patient]);
      must(there.length > 0, 'There is no such patient: "list patients" shows their numbers');
      const saved = await query(
        `with schedule as (
           insert into schedules (patient_id, name) values ($1, $2)
           on conflict (patient_id, name) do update set name = excluded.name returning id
         ) insert into scheduled_tasks (schedule_id, table_name, due_from, due_by) select id, $3, $4, $5 from schedule
           on conflict do nothing returning id`,
        [patient, lineOf('NAME', name), task, start, end],
      );
      if (saved.length === 0) return { words: `${table} is scheduled so: nothing has changed.` };
      return { words: `${table} is scheduled.`, changed: { details: { saved: 'schedule', patient, table } } };
    },
  },
};
