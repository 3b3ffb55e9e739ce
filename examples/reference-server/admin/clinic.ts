/** Commands about policies, ID numbers, patients and their schedules. */
import { isLeft } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import { userErrorMessage } from 'camcops-tablet-session';
import { showIdPolicy, type ServerInfo } from 'camcops-tablet-session/operations';

import { readPatient } from '../../postgres/host.js';
import { newAccessKey, storePatient } from '../patients.js';
import { must } from '../settings.js';
import { activePatientId, groupId, line, number, policy, task, time, validation } from './arguments.js';
import { bySql, carryOut, checked, infoOf, type Command } from './command.js';

const wordsOfPatient = (info: ServerInfo, refusal: Parameters<typeof userErrorMessage>[0]): string => {
  if (refusal.code === 'unknown-id-number')
    return `ID number type ${refusal.type} is not defined: "idnumber ${refusal.type} DESCRIPTION SHORT" defines it`;
  if (refusal.code !== 'patient-fails-policy') return userErrorMessage(refusal);
  const failed = refusal.policy === 'upload' ? info.uploadPolicy : info.finalizePolicy;
  return `The patient must satisfy the ${refusal.policy} policy of the group: ${showIdPolicy(failed)}`;
};

/** Reads a patient that an administrator has typed, and returns them as tablets write patients. The group's policies must be satisfied. */
const patientOf = (info: ServerInfo, typed: string): string => {
  const example = '{"forename":"Ann","sex":"F","dob":"1980-02-29","idnum1":7007}';
  const [, members = ''] = /^\s*\{([^]*)\}\s*$/.exec(typed) ?? [];
  must(members.trim() !== '' && !members.includes('"finalizing"'), `The patient must be JSON such as ${example}`);
  const stored = `[{${members},"finalizing":false}]`;
  const read = readPatient(stored);
  if (isLeft(read)) {
    // Without the names by which tablets send patients.
    const words = userErrorMessage(read.left).replace(/ for key 'patient_info'|patient_info, patient 1, /, '');
    throw new Error(`${words.replace(/above 0$/, '$&, without quotes')}. A patient is JSON such as ${example}`);
  }
  const { sex, idNumbers } = read.right;
  must(isSome(sex) && sex.value !== '', 'The patient must have a sex: "sex":"F", "M" or "X"');
  // Tablets hold ID numbers in 64 bits with a sign.
  const most = 2n ** 63n - 1n;
  for (const [type, value] of idNumbers) must(value <= most, `idnum${String(type)} must be at most ${String(most)}`);
  const valid = checked(info)(read.right);
  if (isLeft(valid)) throw new Error(wordsOfPatient(info, valid.left));
  return stored;
};

/** Warns if other patients have one of this patient's ID numbers. There may be zeros before a type. */
const sameNumber = `with numbers as (
    select id, ltrim(key, 'idnum0') as type, value from patients, json_each_text(details::json -> 0)
    where withdrawn_at is null and key like 'idnum%')
  select E'\\nThese patients have the same ID number, and count as the same person: ' || string_agg(distinct o.id::text, ', ') || '.' as warning
  from numbers o join numbers n using (type, value) where n.id = $1 and o.id <> $1`;

export const clinicCommands: Readonly<Record<string, Command>> = {
  group: bySql({
    takes: 'NAME UPLOAD FINALIZE',
    does: 'add a group, or change its ID policies, such as "sex AND idnum1"',
    readers: [line, policy, policy],
    sql: `with saved as (
            insert into groups as g (name, upload_policy, finalize_policy) values ($1, $2, $3)
            on conflict (name) do update set upload_policy = excluded.upload_policy, finalize_policy = excluded.finalize_policy
            where (g.upload_policy, g.finalize_policy) <> ($2, $3) returning upload_policy || ' ' || finalize_policy as policies
          ) select (
            select string_agg(format(' ID number %1$s is not defined yet: "idnumber %1$s DESCRIPTION SHORT" defines it.', which), '' order by which)
            from (select distinct (regexp_matches(policies, '\\midnum(\\d+)', 'gi'))[1]::integer as which) named
            where which not in (select which from id_number_types)) as note from saved`,
    words: ['The policies of $1 are set.', '$1 has these policies'],
    changed: ([group]) => ({ details: { saved: 'group', group } }),
    isToldToTablets: true,
  }),

  idnumber: bySql({
    takes: 'N DESCRIPTION SHORT [uk_nhs_number]',
    does: 'define a type of ID number, or change one',
    readers: [number, line, line, validation],
    sql: `insert into id_number_types as t values ($1, $2, $3, nullif($4, '')) on conflict (which) do update
            set description = excluded.description, short_description = excluded.short_description, validation = excluded.validation
          where (t.description, t.short_description, coalesce(t.validation, '')) <> ($2, $3, $4) returning which`,
    words: ['ID number $1 is defined.', 'ID number $1 is defined so'],
    changed: ([which]) => ({ details: { saved: 'idnumber', which } }),
    isToldToTablets: true,
  }),

  patient: {
    takes: 'GROUP',
    does: 'add a patient with a tablet of their own, read as JSON such as {"forename":"Ann","sex":"F","idnum1":7007}; print the access key',
    secret: 'The patient',
    run: (db, [group = ''], typed) =>
      carryOut(db, async (query) => {
        const id = await groupId(group, 'GROUP', query);
        const [key, details] = [newAccessKey(), patientOf(await infoOf(query, id), typed)];
        const patient = await storePatient(query, key, details, id);
        const [same] = await query<{ warning: string | null }>(sameNumber, [patient]);
        const words = `Patient ${String(patient)} has the access key\n${key}${same?.warning ?? ''}`;
        return { words, changed: { details: { saved: 'patient', patient } } };
      }),
  },

  schedule: bySql({
    takes: 'PATIENT NAME TABLE FROM BY',
    does: 'schedule a task for a patient, by number, between two times such as 2026-12-01T09:00Z',
    readers: [activePatientId, line, task, time, time],
    check: ([, , , from, by]) => {
      must(from < by, 'FROM must be before BY');
    },
    sql: `with schedule as (
            insert into schedules (patient_id, name) values ($1, $2)
            on conflict (patient_id, name) do update set name = excluded.name returning id
          ) insert into scheduled_tasks (schedule_id, table_name, due_from, due_by) select id, $3, $4, $5 from schedule
            on conflict do nothing returning id`,
    words: ['$3 is scheduled.', '$3 is scheduled so'],
    changed: ([patient, , table]) => ({ details: { saved: 'schedule', patient, table } }),
  }),
};
