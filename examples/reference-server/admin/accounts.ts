/** Commands about users, patients' accounts and devices. */
import { hashPassword, defaultCost } from '../../postgres/users.js';
import { revokeDevice, saveUser, setDisabled, withdrawPatient } from '../accounts.js';
import { must, usernameOf } from '../settings.js';
import { unlock } from '../sign-in-limits.js';
import { deviceOf, groupOf, numberOf } from './arguments.js';
import type { Command } from './command.js';

/**
 * Hashes a password, or takes a bcrypt hash of CamCOPS's own server as it is. Its cost is limited, because each step doubles the time of
 * every sign-in here: 13 takes half a second.
 */
const hashOf = async (text: string): Promise<string> => {
  const [isHash, cost] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text) ?? [];
  const isClear = isHash === undefined && !/^\$(2|argon2)/.test(text);
  must(isClear || isHash !== undefined, 'A password hash must be one of bcrypt, 60 characters in all');
  must(isHash === undefined || (Number(cost) >= 4 && Number(cost) <= 13), 'The cost of a bcrypt hash must be 4 to 13');
  if (isHash !== undefined) return text;
  must(text.length >= 8 && text.length <= 1_000, 'A password must be 8 to 1,000 characters');
  must(!/[\r\n\0]/.test(text), 'A password must be on one line');
  return hashPassword(defaultCost, text);
};

const ability =
  (isDisabled: boolean): Command['run'] =>
  async (query, [name = '']) => {
    const username = usernameOf('NAME', name);
    const there = await query('select from users where username = $1', [username]);
    must(there.length > 0, 'There is no such user: "list users" shows them');
    const state = isDisabled ? 'disabled' : 'enabled';
    if (!(await setDisabled(query, username, isDisabled)))
      return { words: `${name} is ${state} already: nothing has changed.` };
    return { words: `${name} is ${state}.`, changed: { username, details: { [state]: 'user' } } };
  };

export const accountCommands: Readonly<Record<string, Command>> = {
  user: {
    takes: 'NAME GROUP',
    does: 'add a user, or change their password, which is read: a password, or a bcrypt hash of CamCOPS',
    reads: 'The password',
    run: async (query, [name = '', group = ''], read) => {
      const username = usernameOf('NAME', name);
      await groupOf(query, group);
      await saveUser(query, username, { passwordHash: await hashOf(read), group });
      const words = `${name} may sign in, and uploads for the group ${group}.`;
      return { words, changed: { username, details: { saved: 'user', group } } };
    },
  },

  unlock: {
    takes: 'NAME',
    does: 'forget the failed sign-ins of a user',
    run: async (query, [name = '']) => {
      const username = usernameOf('NAME', name);
      if (!(await unlock(query, username))) return { words: `${name} has no failed sign-ins: nothing has changed.` };
      return { words: `The failures of ${name} are forgotten.`, changed: { username, details: { unlocked: 'user' } } };
    },
  },

  disable: { takes: 'NAME', does: 'end the sessions of a user, who cannot sign in any more', run: ability(true) },
  enable: { takes: 'NAME', does: 'let a disabled user sign in again', run: ability(false) },

  withdraw: {
    takes: 'PATIENT',
    does: "end a patient's access key and accounts, by the patient's number",
    run: async (query, [text = '']) => {
      const patient = numberOf('PATIENT', text);
      const there = await query('select from patients where id = $1', [patient]);
      must(there.length > 0, 'There is no such patient: "list patients" shows their numbers');
      if (!(await withdrawPatient(query, patient)))
        return { words: `Patient ${text} is withdrawn already: nothing has changed.` };
      const words = `The access key and the accounts of patient ${text} are withdrawn.`;
      return { words, changed: { details: { withdrawn: 'patient', patient } } };
    },
  },

  revoke: {
    takes: 'DEVICE',
    does: 'refuse a device from now on, and end what may act from it; by its name, or its friendly name',
    run: async (query, [text = '']) => {
      const device = await deviceOf(query, text);
      if (!(await revokeDevice(query, device))) return { words: `${text} is revoked already: nothing has changed.` };
      return { words: `${text} is revoked.`, changed: { device, details: { revoked: 'device' } } };
    },
  },
};
