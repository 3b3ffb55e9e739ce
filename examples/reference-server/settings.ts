/** The settings, from the environment: checked at the start, in words that say what is wrong. */
import { isLeft } from 'fp-ts/lib/Either.js';
import { Username } from 'camcops-tablet-session';

type Environment = Readonly<Record<string, string | undefined>>;

const url = (name: string, text: string | undefined): string | undefined => {
  if (text !== undefined && !/^postgres(ql)?:\/\/./.test(text))
    throw new Error(`${name} must be a URL: postgres://USER:PASSWORD@HOST/DATABASE`);
  return text;
};

const whole = (name: string, text: string, max: number): number => {
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) > max)
    throw new Error(`${name} must be a whole number from 0 to ${String(max)}`);
  return Number(text);
};

export const usernameOf = (name: string, text: string): Username => {
  const decoded = Username.decode(text);
  if (isLeft(decoded))
    throw new Error(`${name} must be 1 to 191 letters, digits or any of , _ - { }, and not "system"`);
  return decoded.right;
};

/** PORT, HOST, DATABASE_URL, DATA_FOLDER, TITLE, CAMCOPS_USER, CAMCOPS_PASSWORD, GRACE_SECONDS, TRUST_PROXY: all optional. */
export const settingsOf = (env: Environment, [port = env['PORT'] ?? '8080']: readonly string[]) => {
  if (env['DATABASE_URL'] !== undefined && env['DATA_FOLDER'] !== undefined) {
    throw new Error(
      'DATABASE_URL and DATA_FOLDER exclude each other: one database is used, on a server or in a folder',
    );
  }
  const title = env['TITLE'] ?? 'Reference server';
  if (/^\s|[\r\n]/.test(title)) throw new Error('TITLE must be on one line, without leading white space');
  if (!['0', '1'].includes(env['TRUST_PROXY'] ?? '0')) throw new Error('TRUST_PROXY must be 0 or 1');
  return {
    port: whole('The port', port, 65_535),
    host: env['HOST'] ?? '127.0.0.1',
    url: url('DATABASE_URL', env['DATABASE_URL']),
    folder: env['DATA_FOLDER'],
    title,
    user: usernameOf('CAMCOPS_USER', env['CAMCOPS_USER'] ?? 'nurse'),
    password: env['CAMCOPS_PASSWORD'],
    graceMs: 1000 * whole('GRACE_SECONDS', env['GRACE_SECONDS'] ?? '30', 3600),
    trustProxy: env['TRUST_PROXY'] === '1',
  };
};
