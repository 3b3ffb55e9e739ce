/** What an administrator can do, and the settings. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { administer } from '../../../examples/reference-server/admin-commands.js';
import { settingsOf, wordsOf } from '../../../examples/reference-server/settings.js';
import { tablet } from '../../../examples/tablets-day/tablet.js';
import { databases, password, serving } from '../../support/reference-server.js';

describe.for(databases)('on $name', ({ isThere, open }) => {
  if (!isThere) {
    it.skip('no server answers');
    return;
  }
  const db = open();
  const admin = (input: string, ...given: readonly string[]) =>
    administer(
      () => Promise.resolve(db),
      () => Promise.resolve(input),
      given,
    );

  it('an administrator sets up a clinic, in which a patient registers', async () => {
    expect(await admin('', 'group', 'clinic', 'sex and idnum1', 'sex and idnum1')).toContain(
      'policies of clinic are set',
    );
    expect(await admin('', 'idnumber', '1', 'Hospital number', 'HN')).toContain('ID number 1 is defined');
    const said = await admin(
      '{"forename":"Zoë","sex":"F","dob":"1980-02-29","idnum1":9007199254740993}',
      'patient',
      'clinic',
    );
    const [, id = '', key = ''] = /^Patient (\d+) has the access key\n(\S+)/m.exec(said) ?? [];
    expect(await admin('', 'schedule', id, 'Weekly', 'bmi', '2026-01-01T00:00Z', '2099-01-01T00:00Z')).toContain(
      'bmi is scheduled',
    );

    const { post, stop } = await serving({ db });
    const fixed = { camcops_version: '2.4.24', device: 'own-tablet' };
    const registered = await tablet(post, fixed).ask('register_patient', { patient_proquint: key });
    expect(registered.reply.body).toMatch(/^patient_info:\[.*"forename":"Zo\\u00eb".*"idnum1":9007199254740993\}\]\n/);
    const [, user = ''] = /^user:(.*)$/m.exec(registered.reply.body) ?? [];
    const [, made = ''] = /^password:(.*)$/m.exec(registered.reply.body) ?? [];
    const own = tablet(post, { ...fixed, user, password: made });
    const ask = async (operation: string, fields: Readonly<Record<string, string>> = {}) =>
      (await own.ask(operation, fields)).reply.body;
    expect(await ask('register')).toMatch(/^databaseTitle:Reference server\nidPolicyUpload:SEX AND IDNUM1\n/);

    // Its own patient, and no other.
    const patientInfo = (forename: string) => ({
      patient_info: `[{"forename":"${forename}","sex":"F","dob":"1980-02-29","idnum1":9007199254740993,"finalizing":true}]`,
    });
    expect(await ask('validate_patients', patientInfo('Zoë'))).toMatch(/^result:Success\n/);
    expect(await ask('validate_patients', patientInfo('Zoe'))).toContain(
      'error:This account may upload its own patient only',
    );

    // No command for users takes it over.
    await expect(admin('a long password', 'user', user, 'clinic')).rejects.toThrow(
      'the name is taken by another account',
    );

    // A task that is finished in time is complete.
    const schedules = () => ask('get_task_schedules', { patient_proquint: key });
    expect(await schedules()).toContain(
      '"complete":false,"due_from":"2026-01-01T00:00:00.000Z","due_by":"2099-01-01T00:00:00.000Z"',
    );
    const when = "'2026-03-01T12:00:00.000+00:00'";
    const row = {
      id: '1',
      when_created: when,
      when_last_modified: when,
      firstexit_is_finish: '1',
      _move_off_tablet: '1',
    };
    const dbdata = JSON.stringify({ bmi: [row] });
    expect(await ask('upload_entire_database', { finalizing: '1', pknameinfo: '{"bmi":"id"}', dbdata })).toContain(
      'success:1',
    );
    expect(await schedules()).toMatch(/"complete":true,.*"when_completed":"2026-03-01T12:00:00.000Z"/);

    // Registered anew: a new password, and the old one is worth nothing.
    await tablet(post, fixed).ask('register_patient', { patient_proquint: key });
    expect(await ask('get_id_info')).toContain('error:Invalid username/password');
    const another = await tablet(post, { ...fixed, user: 'alice', password }).ask('get_task_schedules', {
      patient_proquint: key,
    });
    expect(another.reply.body).toContain('error:There is no patient with that access key');

    // The account of a user who has the name of a patient's stays as it is.
    await admin('a long password', 'user', `user-taken-${id}`, 'clinic');
    const taken = await tablet(post, { ...fixed, device: 'taken' }).ask('register_patient', { patient_proquint: key });
    expect(taken.reply.body).toContain('success:0');

    // A patient who has moved to another group belongs to that one alone, from the next registration.
    await db.query(
      `with moved as (insert into groups (name) values ('moved') returning id)
       update patients p set group_id = moved.id from moved where p.id = $1`,
      [id],
    );
    await tablet(post, fixed).ask('register_patient', { patient_proquint: key });
    const groups = `select g.name from users u join memberships m on m.user_id = u.id
      join groups g on g.id = m.group_id where u.username = $1`;
    expect(await db.query(groups, [user])).toEqual([{ name: 'moved' }]);
    await stop();
  });

  it('access keys cannot be guessed fast', async () => {
    const { post, tablet: of, stop } = await serving({ db });
    const register = async (key: string): Promise<string> => {
      const fixed = { camcops_version: '2.4.24', device: 'guesser' };
      return (await tablet(post, fixed).ask('register_patient', { patient_proquint: key })).reply.body;
    };
    const key = (await admin('{"sex":"F","idnum1":1}', 'patient', 'clinic')).split('\n')[1] ?? '';
    const guess = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
    expect(await register(key)).toContain('success:1');
    for (let n = 0; n < 30; n += 1) await register(guess);
    // Behind the limit nobody is told whether a key is right, and passwords are not held up.
    for (const any of [key, guess]) expect(await register(any)).toContain('error:Access keys cannot be checked');
    expect((await of('ward-tablet').ask('register')).reply.body).toContain('success:1');
    await stop();
  });

  it('a revoked device is told so, and cannot come back', async () => {
    const { tablet: of, stop } = await serving({ db });
    const { ask } = of('lost-tablet');
    await ask('register');
    expect(await admin('', 'revoke', 'lost-tablet')).toBe('lost-tablet is revoked.');
    expect(await admin('', 'revoke', 'no-tablet')).toBe('There is no device no-tablet that is not revoked.');
    expect((await ask('get_id_info')).reply.body).toContain('error:This device has been revoked');
    expect((await ask('register')).reply.body).toContain('error:This device has been revoked');
    await stop();
  });

  it.each([
    ['an unknown command', '', ['nothing'], /^usage: npm run admin/],
    ['too few arguments', '', ['user', 'nurse'], /^usage: npm run admin/],
    [
      'a policy that does not parse',
      '',
      ['group', 'clinic', 'sex and', 'sex'],
      /^Not an ID policy: syntax at position 7$/,
    ],
    ['an unknown option', '', ['export', 'phq9', '--format', 'xml'], /^The options of export are --format csv/],
    ['an unknown table', '', ['export', 'nosuch'], /^There is no table nosuch$/],
    ['a short password', 'short', ['user', 'nurse', 'clinic'], /at least 8 characters/],
    ['a name that is none', 'long enough', ['user', 'a nurse', 'clinic'], /^NAME must be 1 to 191/],
    ['a patient whom tablets could not be told', '{"sex":"W"}', ['patient', 'clinic'], /must be M, F or X/],
  ])('refuses %s in words', async (_, input, args, words) => {
    await expect(admin(input, ...args)).rejects.toThrow(words);
  });
});

describe('settings', () => {
  it.each([
    [{ DATABASE_URL: 'localhost' }, 'DATABASE_URL must be a URL'],
    [{ DATABASE_URL: 'postgres://h/d', DATA_FOLDER: 'data' }, 'DATABASE_URL and DATA_FOLDER exclude each other'],
    [{ CAMCOPS_USER: 'a b' }, 'CAMCOPS_USER must be'],
    [{ GRACE_SECONDS: 'soon' }, 'GRACE_SECONDS must be a whole number'],
    [{ PORT: '70000' }, 'The port must be a whole number from 0 to 65535'],
    [{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY must be 0 or 1'],
    [{ TITLE: ' Clinic' }, 'TITLE must be on one line'],
  ])('of %o it is said: %s', (settings, words) => {
    expect(() => settingsOf(settings, [])).toThrow(words);
  });

  it('of a host with several addresses, none of which answers, each is told', () => {
    const refused = ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'];
    expect(wordsOf(new AggregateError(refused.map((words) => new Error(words))))).toBe(refused.join('; '));
  });

  it('all have defaults', () => {
    expect(settingsOf({}, [])).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      user: 'nurse',
      graceMs: 30_000,
      trustProxy: false,
    });
  });
});

it('docs/running.md has each setting and each command', async () => {
  const page = readFileSync(new URL('../../../docs/running.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../../../examples/reference-server/settings.ts', import.meta.url), 'utf8');
  const settings = new Set([...source.matchAll(/\b[A-Z]+(_[A-Z]+)?\b(?= = '|,| })/g)].map(([name]) => name));
  expect(settings.size).toBe(9);
  for (const name of settings) expect(page).toContain(`\`${name}\``);
  const usage = await administer(
    () => Promise.reject(new Error('no database')),
    () => Promise.resolve(''),
    [],
  ).catch(String);
  for (const [, command] of usage.matchAll(/^ {2}(.+?) {4}/gm)) expect(page).toContain(`\`${String(command)}\``);
});
