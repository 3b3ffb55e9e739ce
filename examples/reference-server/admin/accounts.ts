/** Commands about users, patients' accounts and devices. */
import { hashPassword, defaultCost } from '../../postgres/users.js';
import { saveUser } from '../accounts.js';
import { must, passwordOf, usernameOf } from '../settings.js';
import { unlockSql } from '../sign-in-limits.js';
import { device, groupId, patientId, user, userToEnable } from './arguments.js';
import { bySql, carryOut, type Command } from './command.js';

/**
 * Hashes a password, or takes a bcrypt hash of CamCOPS's own server as it is. Its cost is limited, because each step doubles the time of
 * every sign-in here: 13 takes half a second.
 */
const hashOf = async (text: string): Promise<string> => {
  const [isHash, cost] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text) ?? [];
  const isClear = isHash === undefined && !/^\$(2|argon2)/.test(text);
  must(isClear || isHash !== undefined, 'A password hash must be one of bcrypt, 60 characters in all');
  must(isHash === undefined || (Number(cost) >= 4 && Number(cost) <= 13), 'The cost of a bcrypt hash must be 4 to 13');
  return isHash === undefined ? hashPassword(defaultCost, passwordOf(text, 'A password')) : text;
};

export const accountCommands: Readonly<Record<string, Command>> = {
  user: {
    takes: 'NAME GROUP',
    does: 'add a user, or change their group and password, which is read: a password, or a bcrypt hash of CamCOPS',
    secret: 'The password',
    run: (db, [name = '', group = ''], password) =>
      carryOut(db, async (query) => {
        const username = usernameOf(name, 'NAME');
        const ofPatient = await query('select from users where username = $1 and patient_id is not null', [username]);
        must(ofPatient.length === 0, 'NAME is the account of a patient\'s tablet: "user" cannot change it');
        await groupId(group, 'GROUP', query);
        const maySignIn = await saveUser(query, username, { passwordHash: await hashOf(password), group });
        const state = maySignIn ? 'may sign in' : `is disabled until "enable ${name}"`;
        const words = `${name} ${state}, and uploads for the group ${group}.`;
        return { words, changed: { username, details: { saved: 'user', group } } };
      }),
  },

  unlock: {
    takes: 'NAME',
    does: 'forget the failed sign-ins of a user',
    run: (db, [name = '']) =>
      carryOut(db, async (query) => {
        const username = usernameOf(name, 'NAME');
        const had = (await query(unlockSql, [username])).length > 0;
        // The user is looked for only now, because a name that no user has may have failures too.
        if (!had) return { words: `${await user(name, 'NAME', query)} has no failed sign-ins: nothing has changed.` };
        return {
          words: `The failures of ${name} are forgotten.`,
          changed: { username, details: { unlocked: 'user' } },
        };
      }),
  },

  disable: bySql({
    takes: 'NAME',
    does: 'end the sessions of a user, who cannot sign in any more',
    readers: [user],
    sql: `with disabled as (update users set disabled_at = now() where username = $1 and disabled_at is null returning id),
            ended as (delete from sessions where user_id in (select id from disabled))
          select from disabled`,
    words: ['$1 is disabled.', '$1 is disabled already'],
    changed: ([of]) => ({ username: of, details: { disabled: 'user' } }),
  }),

  enable: bySql({
    takes: 'NAME',
    does: 'let a disabled user sign in again',
    readers: [userToEnable],
    // A session that began while the user was being disabled stays ended.
    sql: `update users set disabled_at = null, password_version = password_version + 1
          where username = $1 and disabled_at is not null returning id`,
    words: ['$1 is enabled.', '$1 is enabled already'],
    changed: ([of]) => ({ username: of, details: { enabled: 'user' } }),
  }),

  withdraw: bySql({
    takes: 'PATIENT',
    does: "end a patient's access key and accounts, by the patient's number",
    readers: [patientId],
    sql: `with withdrawn as (update patients set withdrawn_at = now() where id = $1 and withdrawn_at is null returning id),
            accounts as (update users set disabled_at = now() where patient_id in (select id from withdrawn) returning id),
            ended as (delete from sessions where user_id in (select id from accounts))
          select from withdrawn`,
    words: ['The access key and the accounts of patient $1 are withdrawn.', 'Patient $1 is withdrawn already'],
    changed: ([patient]) => ({ details: { withdrawn: 'patient', patient } }),
  }),

  revoke: bySql({
    takes: 'DEVICE',
    does: 'refuse a device from now on, and end what may act from it; by its name, or its friendly name',
    readers: [device],
    // From now on `unlessRevoked` refuses its requests. Accounts that may act from no other device are disabled.
    sql: `with revoked as (update devices set revoked_at = now() where name = $1 and revoked_at is null returning name),
            ended as (delete from sessions where device in (select name from revoked)),
            accounts as (update users set disabled_at = now() where only_device in (select name from revoked))
          select (select ' Other devices have the friendly name ' || $1 || ', and are not revoked: ' || string_agg(name, ', ') || '.'
                  from devices d where d.friendly_name = $1 and d.name <> $1 and d.revoked_at is null) as note from revoked`,
    words: ['$1 is revoked.', '$1 is revoked already'],
    changed: ([name]) => ({ device: name, details: { revoked: 'device' } }),
  }),
};
