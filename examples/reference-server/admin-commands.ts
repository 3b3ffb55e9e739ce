/** The commands of `npm run admin`. */
import { isLeft } from 'fp-ts/lib/Either.js';
import { parseIdPolicy } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Database } from '../postgres/database.js';
import { exportTable } from '../postgres/export.js';
import { keepViews } from '../postgres/views.js';
import { revokeDevice, savePassword, saveUser, setDisabled, withdrawPatient } from './accounts.js';
import { writeAudit } from './audit.js';
import { newAccessKey, savePatient } from './patients.js';
import { usernameOf } from './settings.js';
import { unlock } from './sign-in-limits.js';

const policy = (policyText: string): string => {
  const parsed = parseIdPolicy(policyText);
  if (isLeft(parsed))
    throw new Error(`Not an ID policy: ${parsed.left.reason} at position ${String(parsed.left.position)}`);
  return policyText;
};

/** Reads what is secret, which is no argument: everyone on the machine can see arguments. */
type Input = (what: string) => Promise<string>;

const usage = `usage: npm run admin -- COMMAND, one of
  user NAME GROUP    add a user or change their password, which is read: a password, or a bcrypt hash of CamCOPS
  unlock NAME    forget the failed sign-ins of a user
  disable NAME    end the sessions of a user, who cannot sign in any more
  enable NAME    let a disabled user sign in again
  withdraw PATIENT    end a patient's access key and accounts, by the patient's number
  revoke DEVICE    refuse a device from now on, and end what may act from it
  export TABLE [--format jsonl] [--all-versions]    print a table under the names of its patients, or its history
  group NAME UPLOAD FINALIZE    set the ID policies of a group, such as "sex AND idnum1"
  idnumber N DESCRIPTION SHORT [uk_nhs_number]    define a type of ID number
  patient GROUP    add a patient, read as JSON: {"forename":"Ann","sex":"F","dob":"1980-02-29","idnum1":7007}; print the access key
  schedule PATIENT NAME TABLE FROM BY    schedule a task for a patient, by number, between two times such as 2026-12-01T09:00Z`;

type Command = (db: Database, input: Input, ...given: readonly string[]) => Promise<string>;

const commands: Readonly<Record<string, Command>> = {
  user: async (db, input, name, group) => {
    const [user, given] = [usernameOf('NAME', name), await input('The password')];
    if (given.length < 8) throw new Error('A password has at least 8 characters');
    if (/^\$2[aby]\$\d\d\$.{53}$/.test(given)) await saveUser(db, user, { passwordHash: given, group });
    else await savePassword(db, user, given, group);
    return `The user ${name} may sign in, and uploads for the group ${group}.`;
  },

  unlock: async (db, _input, name) => {
    await unlock(db.query, name);
    await writeAudit(db.query, { event: 'admin', username: name, details: { unlocked: 'user' } });
    return `The failures of ${name} are forgotten.`;
  },

  disable: async (db, _input, name) =>
    (await setDisabled(db, name, true)) ? `${name} is disabled.` : `There is no user ${name} who is not disabled.`,
  enable: async (db, _input, name) =>
    (await setDisabled(db, name, false)) ? `${name} is enabled.` : `There is no user ${name} who is disabled.`,
  withdraw: async (db, _input, patient) =>
    (await withdrawPatient(db, patient))
      ? `The access key and the accounts of patient ${patient} are withdrawn.`
      : `There is no patient ${patient} with an access key.`,
  revoke: async (db, _input, device) =>
    (await revokeDevice(db, device)) ? `${device} is revoked.` : `There is no device ${device} that is not revoked.`,

  export: async (db, _input, table, ...options) => {
    const unknown = options
      .join(' ')
      .replace(/--format (?:csv|jsonl)|--all-versions/g, '')
      .trim();
    if (unknown !== '') throw new Error('The options of export are --format csv, --format jsonl and --all-versions');
    const format = options.includes('jsonl') ? 'jsonl' : 'csv';
    const allVersions = options.includes('--all-versions');
    await db.transaction((query) => keepViews(query, camcopsTables));
    const print = (text: string) =>
      new Promise<void>((done) => {
        process.stdout.write(text, () => {
          done();
        });
      });
    await exportTable(db, table, { format, allVersions }, print);
    return '';
  },

  group: async (db, _input, name, upload, finalize) => {
    await db.query(
      `insert into groups (name, upload_policy, finalize_policy) values ($1, $2, $3)
       on conflict (name) do update set upload_policy = excluded.upload_policy, finalize_policy = excluded.finalize_policy`,
      [name, policy(upload), policy(finalize)],
    );
    return `The policies of ${name} are set. Tablets must fetch server information again.`;
  },

  idnumber: async (db, _input, which, description, short, validation = '') => {
    await db.query(
      `insert into id_number_types values ($1, $2, $3, nullif($4, '')) on conflict (which) do update
         set description = excluded.description, short_description = excluded.short_description, validation = excluded.validation`,
      [which, description, short, validation],
    );
    return `ID number ${which} is defined. Tablets must fetch server information again.`;
  },

  patient: async (db, input, group) => {
    const details = await input('The patient');
    const key = newAccessKey();
    const id = await savePatient(db, key, `[${details.replace(/\}$/, ',"finalizing":false}')}]`, group);
    return `Patient ${String(id)} has the access key\n${key}`;
  },

  schedule: async (db, _input, patient, name, table, from, by) => {
    await db.query(
      `with schedule as (
         insert into schedules (patient_id, name) values ($1, $2)
         on conflict (patient_id, name) do update set name = excluded.name returning id
       ) insert into scheduled_tasks (schedule_id, table_name, due_from, due_by) select id, $3, $4, $5 from schedule`,
      [patient, name, table, from, by],
    );
    return `${table} is scheduled.`;
  },
};

/** Does what the arguments say, and gives the words to print. What is wrong is thrown, in words. */
export const administer = async (
  db: () => Promise<Database>,
  input: Input,
  [name = '', ...given]: readonly string[],
): Promise<string> => {
  const command = commands[name];
  // A function says by its parameters how many arguments it needs.
  if (command === undefined || given.length < command.length - 2) throw new Error(usage);
  return command(await db(), input, ...given);
};
