/** Reads the settings from the environment, and throws words that say what is wrong with them. */
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { Username } from 'camcops-tablet-session';
import { serverInfo } from 'camcops-tablet-session/operations';

type Environment = Readonly<Record<string, string | undefined>>;

export const must = (isMet: boolean, words: string): void => {
  if (!isMet) throw new Error(words);
};

/** Returns whether a title or description can be told to a tablet. */
export const mayBeTold = (text: string): boolean =>
  isRight(serverInfo({ databaseTitle: text, uploadPolicy: 'sex', finalizePolicy: 'sex', idNumbers: [] }));

/** Reads a whole number, or throws words that name it. */
export const wholeOf = (text: string, name: string, min: number, max: number): number => {
  const isWhole = /^(0|[1-9][0-9]{0,9})$/.test(text) && Number(text) >= min && Number(text) <= max;
  must(isWhole, `${name} must be a whole number from ${String(min)} to ${String(max)}`);
  return Number(text);
};

export const usernameOf = (text: string, name: string): Username => {
  const decoded = Username.decode(text);
  // The package refuses "system" in any letter case.
  if (isLeft(decoded) || text.toLowerCase() === 'system')
    throw new Error(`${name} must be 1 to 191 letters, digits or any of , _ - { }, and not "system"`);
  return decoded.right;
};

export const passwordOf = (text: string, name: string): string => {
  must(text.length >= 8 && text.length <= 1_000, `${name} must be 8 to 1,000 characters`);
  must(!/[\r\n\0]/.test(text), `${name} must be on one line`);
  return text;
};

/** Reads the settings, all of which are optional. */
export const settingsOf = (env: Environment, args: readonly string[]) => {
  const { PORT = '8080', HOST = '127.0.0.1', GRACE_SECONDS = '30', TRUST_PROXY = '0' } = env;
  const { TITLE = 'Reference server', CAMCOPS_USER = 'nurse', CAMCOPS_PASSWORD, DATABASE_URL, DATA_FOLDER } = env;
  const [port = PORT] = args;
  must(!(DATABASE_URL && DATA_FOLDER), 'DATABASE_URL and DATA_FOLDER exclude each other: one database is used');
  const isUrl = /^postgres(ql)?:\/\/./.test(DATABASE_URL ?? 'postgres://any');
  must(isUrl, 'DATABASE_URL must be a URL: postgres://USER:PASSWORD@HOST/DATABASE');
  must(mayBeTold(TITLE), 'TITLE must be on one line, without leading white space');
  must(['0', '1'].includes(TRUST_PROXY), 'TRUST_PROXY must be 0 or 1');
  return {
    host: HOST,
    url: DATABASE_URL,
    folder: DATA_FOLDER,
    title: TITLE,
    // An empty password counts as not set.
    password: CAMCOPS_PASSWORD ? passwordOf(CAMCOPS_PASSWORD, 'CAMCOPS_PASSWORD') : undefined,
    port: wholeOf(port, 'The port', 0, 65_535),
    user: usernameOf(CAMCOPS_USER, 'CAMCOPS_USER'),
    graceMs: 1000 * wholeOf(GRACE_SECONDS, 'GRACE_SECONDS', 0, 3600),
    trustProxy: TRUST_PROXY === '1',
  };
};

/** Returns what to tell an administrator of an error. It may hold several errors, as when no address of a host answers. */
export const wordsOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  const words = error instanceof Error ? error.message : String(error);
  // If the server's role may not make tables, node-pg-migrate's message ends with a stack trace.
  const denied = /^Unable to ensure migrations table: error: (.*)[^]*/;
  return words.replace(denied, '$1: run "npm run migrate" as the role that owns the database');
};
