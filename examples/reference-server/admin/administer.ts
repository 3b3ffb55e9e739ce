/** Runs a command of an administrator. */
import type { Database } from '../../postgres/database.js';
import { must } from '../settings.js';
import { accountCommands } from './accounts.js';
import { clinicCommands } from './clinic.js';
import type { Command } from './command.js';
import { listCommands } from './lists.js';
import { stringsCommand } from './strings.js';

const commands: Readonly<Record<string, Command>> = {
  ...clinicCommands,
  ...accountCommands,
  strings: stringsCommand,
  ...listCommands,
};

const lines = Object.entries(commands).map(([name, { takes, does }]) => `  ${name} ${takes}    ${does}`);
const usage = ['usage: npm run admin -- COMMAND, one of', ...lines].join('\n');

const isCount = (takes: string, count: number): boolean => {
  const needed = takes.replace(/ ?\[.*\]/, '').split(' ').length;
  const most = takes.endsWith('...') || takes.includes('[--') ? Infinity : takes.split(' ').length;
  return count >= needed && count <= most;
};

/** Runs the command that the arguments name, and returns the words to print; throws words that say what is wrong. */
export const administer = async (
  open: () => Promise<Database>,
  /** Reads a secret from standard input. */
  input: (what: string) => Promise<string>,
  [name, ...given]: readonly string[],
): Promise<string> => {
  if (name === undefined || name === 'help' || name === '--help') return usage;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new Error(`The command must be one of ${Object.keys(commands).join(', ')}: "npm run admin" describes them`);
  const { takes, secret, run } = command;
  must(isCount(takes, given.length), `Type: npm run admin -- ${name} ${takes}, with quotes around what has spaces`);
  const db = await open();
  return run(db, given, secret === undefined ? '' : await input(secret));
};
