/** Runs a command of an administrator in a transaction, with an entry in the audit, and tells tablets of changes. */
import type { Database, Query } from '../../postgres/database.js';
import { writeAudit } from '../audit.js';
import { must } from '../settings.js';
import { accountCommands } from './accounts.js';
import { clinicCommands, infoOf } from './clinic.js';
import type { Command, Done } from './command.js';
import { exportCommand } from './export.js';
import { listCommands } from './lists.js';
import { stringCommands } from './strings.js';

const commands: Readonly<Record<string, Command>> = {
  ...clinicCommands,
  ...accountCommands,
  ...stringCommands,
  ...listCommands,
};
const described: Readonly<Record<string, Pick<Command, 'takes' | 'does'>>> = { ...commands, export: exportCommand };

const lineOf = ([name, { takes, does }]: readonly [string, Pick<Command, 'takes' | 'does'>]) =>
  `  ${name} ${takes}    ${does}`;
const usage = `usage: npm run admin -- COMMAND, one of\n${Object.entries(described).map(lineOf).join('\n')}`;

const checkCount = (name: string, takes: string, given: readonly string[]): void => {
  const needed = takes.replace(/ ?\[.*\]/, '').split(' ').length;
  const most = takes.endsWith('...') || takes.includes('[--') ? Infinity : takes.split(' ').length;
  const isCount = given.length >= needed && given.length <= most;
  must(isCount, `Type: npm run admin -- ${name} ${takes}, with quotes around what has spaces`);
};

/** Raises the version by which tablets notice a change; throws words if tablets of some group could not be told it. */
const tellTablets = async (query: Query): Promise<void> => {
  await query('update server_information set changes = changes + 1');
  for (const { id } of await query<{ id: number }>('select id from groups')) await infoOf(query, id);
};

const told =
  "Patients' own tablets fetch it at their next upload. Users of other tablets are asked to fetch server information, in the menu Settings.";

/** Reads a secret from standard input, because everyone on the machine can see arguments. */
type Input = (what: string) => Promise<string>;

/** Runs the command that the arguments name, and returns the words to print; throws words that say what is wrong. */
export const administer = async (
  open: () => Promise<Database>,
  input: Input,
  [name, ...given]: readonly string[],
): Promise<string> => {
  if (name === undefined || name === 'help') throw new Error(usage);
  if (!Object.hasOwn(described, name)) {
    throw new Error(`The command must be one of ${Object.keys(described).join(', ')}: "npm run admin" describes them`);
  }
  checkCount(name, described[name]?.takes ?? '', given);
  const command = commands[name];
  if (command === undefined) {
    await exportCommand.run(await open(), given);
    return '';
  }
  const db = await open();
  const read = command.reads === undefined ? '' : await input(command.reads);
  return db.transaction(async (query) => {
    const { words, changed, isToldToTablets = false }: Done = await command.run(query, given, read);
    if (isToldToTablets) await tellTablets(query);
    if (changed !== undefined) await writeAudit(query, { event: 'admin', ...changed });
    return isToldToTablets ? `${words}\n${told}` : words;
  });
};
