/** What an administrator can do, and the settings. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';

import { administer } from '../../../examples/reference-server/admin/administer.js';
import { settingsOf, wordsOf } from '../../../examples/reference-server/settings.js';
import { tablet } from '../../../examples/tablets-day/tablet.js';
import { onEachDatabase, password, serving } from '../../support/reference-server.js';

const fixedOf = (device: string) => ({ camcops_version: '2.4.24', device });

onEachDatabase(({ open }) => {
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
      `NAME is the account of a patient's tablet: "user" cannot change it`,
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
    const { post, tablet: of, stop } = await serving({ db });
    const { ask } = of('lost-tablet');
    await tablet(post, { ...fixedOf('lost-tablet'), user: 'alice', password }).ask('register', {
      devicefriendlyname: "Ann's tablet",
    });
    expect(await admin('', 'list', 'devices')).toMatch(/^lost-tablet +Ann's tablet +\d{4}-/m);
    expect(await admin('', 'revoke', "Ann's tablet")).toBe("Ann's tablet is revoked.");
    expect(await admin('', 'revoke', 'lost-tablet')).toBe('lost-tablet is revoked already: nothing has changed.');
    expect(await admin('', 'list', 'devices')).toMatch(/^lost-tablet +Ann's tablet +revoked/m);
    expect((await ask('get_id_info')).reply.body).toContain('error:This device has been revoked');
    expect((await ask('register')).reply.body).toContain('error:This device has been revoked');
    await stop();
  });

  it('a friendly name of two devices names neither', async () => {
    const { post, stop } = await serving({ db });
    for (const device of ['twin-1', 'twin-2']) {
      const { ask } = tablet(post, { ...fixedOf(device), user: 'alice', password });
      await ask('register', { devicefriendlyname: 'Twin' });
    }
    await stop();
    await expect(admin('', 'revoke', 'Twin')).rejects.toThrow('Several devices have this friendly name');
    expect(await admin('', 'revoke', 'twin-1')).toBe('twin-1 is revoked.');
  });

  it('a friendly name that is the name of another device means that one, and the rest are named', async () => {
    const { post, stop } = await serving({ db });
    for (const [device, devicefriendlyname] of [
      ['stolen', 'Ward-1'],
      ['Ward-1', 'Ward-1'],
    ] as const)
      await tablet(post, { ...fixedOf(device), user: 'alice', password }).ask('register', { devicefriendlyname });
    await stop();
    expect(await admin('', 'revoke', 'Ward-1')).toBe(
      'Ward-1 is revoked. Other devices have the friendly name Ward-1, and are not revoked: stolen.',
    );
    expect(await admin('', 'revoke', 'stolen')).toBe('stolen is revoked.');
  });

  it('a user has one group alone, and stays disabled', async () => {
    await admin('', 'group', 'first', 'sex', 'sex');
    await admin('', 'group', 'second', 'sex', 'sex');
    expect(await admin('a long password', 'user', 'mover', 'first')).toBe(
      'mover may sign in, and uploads for the group first.',
    );
    await admin('', 'disable', 'mover');
    expect(await admin('a long password', 'user', 'mover', 'second')).toBe(
      'mover is disabled until "enable mover", and uploads for the group second.',
    );
    const groups = `select g.name from users u join memberships m on m.user_id = u.id
      join groups g on g.id = m.group_id where u.username = 'mover'`;
    expect(await db.query(groups)).toEqual([{ name: 'second' }]);
    // As earlier versions left it.
    await db.query(`insert into memberships (user_id, group_id)
      select u.id, g.id from users u, groups g where u.username = 'mover' and g.name = 'first'`);
    expect(await admin('', 'remove', 'group', 'first')).toContain('The group is removed.');
    await expect(admin('', 'remove', 'group', 'second')).rejects.toThrow('This group has users');
  });

  it('a type of ID number stays while a policy, a patient or a tablet has it, with whatever zeros before it', async () => {
    const { tablet: of, stop } = await serving({ db });
    const stays = () =>
      expect(admin('', 'remove', 'idnumber', '7')).rejects.toThrow(
        'A policy, a patient or a tablet has this ID number',
      );
    const removed = async () => {
      expect(await admin('', 'remove', 'idnumber', '7')).toContain('The idnumber is removed.');
      await admin('', 'idnumber', '7', 'Seventh', '7th');
    };
    await admin('', 'idnumber', '7', 'Seventh', '7th');
    await admin('', 'idnumber', '70', 'Seventieth', '70th');
    await admin('', 'group', 'padded', 'sex and not idnum70', 'sex and not IdNum007');
    await stays();
    await admin('', 'group', 'padded', 'sex', 'sex and not idnum70');
    await removed();

    const add = async (patient: string) => /^Patient (\d+)/.exec(await admin(patient, 'patient', 'padded'))?.[1] ?? '';
    const patient = await add('{"sex":"F","idnum007":3}');
    await stays();
    await admin('', 'withdraw', patient);
    await removed();

    const when_last_modified = "'2026-03-01T12:00:00.000+00:00'";
    const row = { id: '1', patient_id: '1', idnum_value: '3', when_last_modified, _move_off_tablet: '0' };
    const upload = async (device: string, finalizing: '0' | '1') => {
      const { ask } = of(device);
      await ask('register');
      const dbdata = JSON.stringify({ patient_idnum: [{ ...row, which_idnum: '7' }] });
      const fields = { finalizing, pknameinfo: '{"patient_idnum":"id"}', dbdata };
      expect((await ask('upload_entire_database', fields)).reply.body).toContain('success:1');
    };
    await upload('holder', '0');
    await stays();
    await upload('holder', '1');
    await removed();
    await upload('broken', '0');
    await stays();
    await admin('', 'revoke', 'broken');
    await removed();
    await stop();
  });

  it('a list may be long', async () => {
    await db.query(`insert into id_number_types select n, 'Long', 'L' from generate_series(1000, 200999) n`);
    const listed = await admin('', 'list', 'idnumbers').catch(wordsOf);
    await db.query('delete from id_number_types where which >= 1000');
    expect(listed.split('\n').length).toBeGreaterThan(200_000);
  });

  it('what is changed is in the audit, with who did it; what changes nothing is not, and says so', async () => {
    const audited = async (): Promise<readonly unknown[]> =>
      (await db.query<{ details: unknown }>(`select details from audit where event = 'admin' order by id`)).map(
        ({ details }) => details,
      );
    const before = (await audited()).length;
    const twice = async (...command: readonly string[]): Promise<void> => {
      expect(await admin('', ...command)).not.toContain('nothing has changed');
      expect(await admin('', ...command)).toContain('nothing has changed');
    };
    await twice('group', 'audited', 'sex', 'sex and dob');
    await twice('idnumber', '8', 'Eighth', '8th');
    await twice('disable', 'bob');
    await twice('enable', 'bob');
    await admin('', 'remove', 'idnumber', '8');
    await admin('', 'remove', 'group', 'audited');
    await admin('', 'list', 'groups');
    const by = userInfo().username;
    expect((await audited()).slice(before)).toEqual([
      { saved: 'group', group: 'audited', by },
      { saved: 'idnumber', which: 8, by },
      { disabled: 'user', by },
      { enabled: 'user', by },
      { removed: 'idnumber', which: '8', by },
      { removed: 'group', which: 'audited', by },
    ]);
  });

  it('a change of what tablets keep raises the version that they are told', async () => {
    const { tablet: of, stop } = await serving({ db });
    const { ask } = of('noticing');
    await ask('register');
    const version = async (): Promise<number> => {
      const [, patch] = /^serverCamcopsVersion:2\.4\.(\d+)$/m.exec((await ask('get_id_info')).reply.body) ?? [];
      return Number(patch);
    };
    const first = await version();
    expect(await admin('', 'idnumber', '5', 'Fifth', '5th')).toContain("Patients' own tablets fetch it");
    expect(await admin('', 'idnumber', '5', 'Fifth', '5th')).not.toContain("Patients' own tablets fetch it");
    expect(await version()).toBe(first + 1);
    await admin('', 'remove', 'idnumber', '5');
    await admin('', 'group', 'ward', 'sex', 'sex');
    expect(await version()).toBe(first + 3);
    await admin('', 'disable', 'bob');
    expect(await version()).toBe(first + 3);
    await admin('', 'enable', 'bob');
    // After 2.4.99 comes 2.5.0, and so on.
    await db.query('update server_information set changes = 76');
    expect((await ask('get_id_info')).reply.body).toContain('serverCamcopsVersion:2.5.0\n');
    await db.query('update server_information set changes = 9576');
    expect((await ask('get_id_info')).reply.body).toContain('serverCamcopsVersion:3.0.0\n');
    await stop();
  });

  it('what is scheduled and what is defined can be listed and taken back', async () => {
    await admin('', 'group', 'taken', 'sex', 'sex');
    await admin('', 'idnumber', '6', 'Sixth', '6th');
    const patient = /^Patient (\d+)/.exec(await admin('{"sex":"X","idnum6":3}', 'patient', 'taken'))?.[1] ?? '';
    await admin('', 'schedule', patient, 'Weekly', 'phq9', '2026-01-01', '2026-01-08');
    await admin('', 'schedule', patient, 'Weekly', 'gad7', '2026-01-01T00:00Z', '2026-01-08T00:00:00+01:00');
    const rows = async (list: string) => (await admin('', 'list', list)).split('\n').map((line) => line.split(/ {2,}/));
    const scheduled = async () => (await rows('schedules')).filter(([of]) => of === patient);
    const [[, schedule = '', name, task = '', table, from, by] = []] = await scheduled();
    expect([name, table, from, by]).toEqual(['Weekly', 'phq9', '2026-01-01 00:00', '2026-01-08 00:00']);
    await admin('', 'remove', 'task', task);
    expect((await scheduled()).map(([, , , , left]) => left)).toEqual(['gad7']);
    await admin('', 'remove', 'schedule', schedule);
    expect(await scheduled()).toEqual([]);

    await expect(admin('', 'remove', 'idnumber', '6')).rejects.toThrow(
      'A policy, a patient or a tablet has this ID number',
    );
    await expect(admin('', 'remove', 'group', 'taken')).rejects.toThrow('This group has users, patients or uploads');
    expect(await admin('', 'withdraw', patient)).toContain('are withdrawn');
    expect(await admin('', 'withdraw', patient)).toContain('withdrawn already: nothing has changed');
    expect(await rows('patients')).toContainEqual(expect.arrayContaining([patient, 'taken', 'withdrawn']));
    await admin('', 'remove', 'idnumber', '6');
    expect((await rows('users')).map(([user]) => user)).toContain('alice');
    expect((await rows('idnumbers')).map(([which]) => which)).not.toContain('6');
  });

  it('a patient who is refused is named by their place in the list, and the number by its description', async () => {
    await admin('', 'group', 'clinic', 'sex and idnum1', 'sex and idnum1 and dob');
    await admin('', 'idnumber', '1', 'Hospital number', 'HN');
    await admin('', 'idnumber', '2', 'NHS number', 'NHS', 'uk_nhs_number');
    const { tablet: of, stop } = await serving({ db });
    const { ask } = of('checking');
    await ask('register');
    const told = async (...patients: readonly object[]): Promise<string> => {
      const info = patients.map((patient) => ({ sex: 'F', idnum1: 1, finalizing: false, ...patient }));
      const { reply } = await ask('validate_patients', { patient_info: JSON.stringify(info) });
      expect(reply.status).toBe(200);
      return /^error:(.*)$/m.exec(reply.body)?.[1] ?? '';
    };
    const others = [{ surname: 'Zeta', forename: 'Ann' }, { surname: 'Alpha' }, { forename: 'Zoë' }];
    expect(await told({ surname: 'Zeta', forename: 'Aaron', idnum2: 123 }, ...others)).toBe(
      'Patient 3 of 4 (by surname, then forename): the NHS number is not valid. Please check its digits',
    );
    expect(await told(...others, { surname: 'Mid', idnum9: 1 })).toMatch(
      /^Patient 3 of 4 \(by surname, then forename\): this server has no ID number of type 9\. Please fetch server/,
    );
    expect(await told(...others, { finalizing: true })).toBe(
      'Patient 1 of 4 (by surname, then forename): the patient must have SEX AND IDNUM1 AND DOB. Please add what is missing',
    );
    const same = { surname: 'Mid', forename: 'Ann' };
    expect(await told(same, { surname: 'Éa' }, { surname: 'eb' }, { ...same, idnum9: 1 }, same)).toMatch(
      /^Patient 4 of 5 /,
    );
    expect(await told({ surename: 'x' })).toMatch(/^Unknown JSON key/);
    await stop();
  });

  it('a policy that patients with tablets of their own fail is said with their numbers', async () => {
    await admin('', 'group', 'own', 'sex', 'sex');
    const patient = /^Patient (\d+)/.exec(await admin('{"sex":"F"}', 'patient', 'own'))?.[1] ?? '';
    expect(await admin('', 'group', 'own', 'sex and dob', 'sex')).toMatch(
      new RegExp(`The tablets of these patients can no longer upload them: (\\d+, )*${patient}\\.\n`),
    );
  });

  it('a policy that names ID numbers that nobody has defined, with whatever zeros before them, is said with each', async () => {
    const undefinedIn = async (upload: string, finalize: string) =>
      (await admin('', 'group', 'early', upload, finalize)).match(/ID number \d+ is not defined yet: "idnumber \d+ D/g);
    await admin('', 'idnumber', '1', 'Hospital number', 'HN');
    expect(await undefinedIn('sex and IdNum091', 'sex and idnum1 and idnum91 and not idnum92')).toEqual([
      'ID number 91 is not defined yet: "idnumber 91 D',
      'ID number 92 is not defined yet: "idnumber 92 D',
    ]);
    expect(await undefinedIn('sex and anyidnum', 'sex and idnum1')).toBeNull();
  });

  it('a patient whose ID number others have is added, and the others are named, unless they are withdrawn', async () => {
    await admin('', 'group', 'same', 'sex', 'sex');
    await admin('', 'idnumber', '94', 'Ninety-fourth', '94th');
    await admin('', 'idnumber', '95', 'Ninety-fifth', '95th');
    const add = async (patient: string): Promise<readonly (string | undefined)[]> => {
      const said = await admin(patient, 'patient', 'same');
      return (
        /^Patient (\d+) .*\n\S+(?:\nThese patients have the same ID number, .*: (.*)\.)?$/.exec(said) ?? []
      ).slice(1);
    };
    const [first = '', ...of] = await add('{"sex":"F","idnum94":5}');
    expect(of).toEqual([undefined]);
    expect(await add('{"sex":"F","idnum95":5}')).toEqual([expect.anything(), undefined]);
    const [second = '', others] = await add('{"sex":"F","idnum95":6,"idnum094":5}');
    expect(others).toBe(first);
    await admin('', 'withdraw', first);
    expect(await add('{"sex":"M","idnum94":5}')).toEqual([expect.anything(), second]);
  });

  it('failures are forgotten, also of a name that no user has', async () => {
    const { post, stop } = await serving({ db });
    await tablet(post, { ...fixedOf('unlocking'), user: 'ghost', password: 'a guess' }).ask('register');
    await stop();
    expect(await admin('', 'unlock', 'ghost')).toBe('The failures of ghost are forgotten.');
    await expect(admin('', 'unlock', 'ghost')).rejects.toThrow('There is no such user');
    expect(await admin('', 'unlock', 'alice')).toBe('alice has no failed sign-ins: nothing has changed.');
  });

  // Each is one line that says what to type instead, and changes nothing.
  const mistyped: readonly (readonly [input: string, command: readonly string[], words: RegExp])[] = [
    [
      '',
      ['usr', 'nurse', 'clinic'],
      /^The command must be one of group, idnumber,.* export: "npm run admin" describes them$/,
    ],
    ['', ['__proto__'], /^The command must be one of/],
    ['', ['user', 'nurse'], /^Type: npm run admin -- user NAME GROUP, with quotes around what has spaces$/],
    [
      '',
      ['group', 'clinic', 'sex', 'and', 'idnum1', 'sex'],
      /^Type: npm run admin -- group NAME UPLOAD FINALIZE, with quotes/,
    ],
    [
      '',
      ['idnumber', '1', 'NHS number', 'NHS', 'uk_nhs_number', 'x'],
      /^Type: npm run admin -- idnumber N DESCRIPTION SHORT/,
    ],
    ['', ['list'], /^Type: npm run admin -- list users\|groups\|devices\|/],
    ['', ['strings'], /^Type: npm run admin -- strings FILE-OR-FOLDER\.\.\./],
    ['short', ['user', 'nurse', 'clinic'], /^A password must be 8 to 1,000 characters$/],
    ['two\nlines of it', ['user', 'nurse', 'clinic'], /^A password must be on one line$/],
    ['long enough', ['user', 'a nurse', 'clinic'], /^NAME must be 1 to 191 letters/],
    ['long enough', ['user', 'System', 'clinic'], /^NAME must be 1 to 191 letters.*, and not "system"$/],
    [
      'long enough',
      ['user', 'nurse', 'no group'],
      /^There is no such group: "list groups" shows them, and "group" makes one$/,
    ],
    [`$2b$14$${'a'.repeat(53)}`, ['user', 'nurse', 'clinic'], /^The cost of a bcrypt hash must be 4 to 13$/],
    [`$2b$31$${'a'.repeat(53)}`, ['user', 'nurse', 'clinic'], /^The cost of a bcrypt hash must be 4 to 13$/],
    [
      `$2b$12$${'a'.repeat(52)}`,
      ['user', 'nurse', 'clinic'],
      /^A password hash must be one of bcrypt, 60 characters in all$/,
    ],
    [
      '$argon2id$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YQ',
      ['user', 'nurse', 'clinic'],
      /^A password hash must be one of bcrypt/,
    ],
    ['', ['unlock', 'no body'], /^NAME must be 1 to 191 letters/],
    ['', ['disable', 'nobody'], /^There is no such user: "list users" shows them$/],
    ['', ['enable', 'nobody'], /^There is no such user/],
    ['', ['withdraw', 'Ann'], /^PATIENT must be a whole number from 1 to 2147483647$/],
    ['', ['withdraw', '2147483648'], /^PATIENT must be a whole number/],
    ['', ['withdraw', '2147483647'], /^There is no such patient: "list patients" shows their numbers$/],
    ['', ['revoke', 'no-tablet'], /^There is no such device: "list devices" shows them$/],
    [
      '',
      ['group', 'clinic', 'sex and', 'sex'],
      /^UPLOAD must be an ID policy, such as "sex AND idnum1": syntax at position 7$/,
    ],
    ['', ['group', 'clinic', 'sex', 'idnum0'], /^FINALIZE must be an ID policy/],
    ['', ['group', 'clinic', 'sex', ''], /^FINALIZE must be an ID policy/],
    ['', ['group', '', 'sex', 'sex'], /^NAME must be 1 to 255 characters$/],
    ['', ['group', 'two\nlines', 'sex', 'sex'], /^NAME must be on one line, without leading white space$/],
    ['', ['idnumber', '0', 'NHS number', 'NHS'], /^N must be a whole number from 1/],
    ['', ['idnumber', '-1', 'NHS number', 'NHS'], /^N must be a whole number from 1/],
    ['', ['idnumber', '1.5', 'NHS number', 'NHS'], /^N must be a whole number from 1/],
    ['', ['idnumber', '99999999999', 'NHS number', 'NHS'], /^N must be a whole number from 1/],
    ['', ['idnumber', '2', 'NHS\nnumber', 'NHS'], /^DESCRIPTION must be on one line/],
    ['', ['idnumber', '2', 'NHS\u2028number', 'NHS'], /^DESCRIPTION must be on one line/],
    ['', ['idnumber', '2', ' NHS number', 'NHS'], /^DESCRIPTION must be on one line, without leading white space$/],
    ['', ['idnumber', '2', 'NHS number', ''], /^SHORT must be 1 to 255 characters$/],
    ['', ['idnumber', '2', 'NHS number', 'N'.repeat(256)], /^SHORT must be 1 to 255 characters$/],
    ['', ['idnumber', '2', 'NHS number', 'NHS', 'nhs'], /^The only validation is uk_nhs_number$/],
    ['', ['remove', 'user', 'nurse'], /^What to remove must be one of idnumber, schedule, task, group$/],
    ['', ['remove', 'idnumber', '77'], /^There is no such idnumber: "list idnumbers" and "list schedules" show the/],
    ['', ['remove', 'group', 'clinic'], /^This group has users, patients or uploads/],
    ['', ['remove', 'idnumber', '1'], /^A policy, a patient or a tablet has this ID number/],
    ['', ['list', 'nurses'], /^The list must be one of users, groups, devices, uploads,/],
    ['', ['list', 'constructor'], /^The list must be one of/],
    ['Ann', ['patient', 'clinic'], /^The patient must be JSON such as \{"forename":"Ann"/],
    ['{}', ['patient', 'clinic'], /^The patient must be JSON such as/],
    ['[{"sex":"F","idnum1":1}]', ['patient', 'clinic'], /^The patient must be JSON such as/],
    ['{"sex":"F","idnum1":1', ['patient', 'clinic'], /^The patient must be JSON such as/],
    ['{"sex":"F","idnum1":1}}', ['patient', 'clinic'], /^Bad JSON\. A patient is JSON such as/],
    ['{"sex":"F","idnum1":1,"finalizing":true}', ['patient', 'clinic'], /^The patient must be JSON such as/],
    [
      '{"sex":"F","idnum1":"7007"}',
      ['patient', 'clinic'],
      /^Bad value in idnum1: must be a whole number above 0, without quotes\. A patient is JSON such as/,
    ],
    [
      '{"sex":"W","idnum1":1}',
      ['patient', 'clinic'],
      /^Bad value in sex: must be M, F or X.*A patient is JSON such as/,
    ],
    ['{"surename":"Ann","sex":"F","idnum1":1}', ['patient', 'clinic'], /^Unknown JSON key.*A patient is JSON such as/],
    ['{"sex":"F","idnum1":1,"dob":"1980-02-30"}', ['patient', 'clinic'], /A patient is JSON such as/],
    ['{"forename":"a\\u0000","sex":"F","idnum1":1}', ['patient', 'clinic'], /A patient is JSON such as/],
    ['{"forename":"a\\ud800","sex":"F","idnum1":1}', ['patient', 'clinic'], /A patient is JSON such as/],
    [
      '{"forename":"Ann","dob":"1980-02-29","idnum1":1}',
      ['patient', 'clinic'],
      /^The patient must have a sex: "sex":"F", "M" or "X"$/,
    ],
    ['{"sex":"F","idnum1":9223372036854775808}', ['patient', 'clinic'], /^idnum1 must be at most 9223372036854775807$/],
    ['{"sex":"F","idnum1":1}', ['patient', 'elsewhere'], /^There is no such group/],
    [
      '{"sex":"F","idnum1":1,"idnum4":1}',
      ['patient', 'clinic'],
      /^ID number type 4 is not defined: "idnumber 4 DESCRIPTION SHORT" defines it$/,
    ],
    ['{"sex":"F","idnum1":1,"idnum3":1}', ['patient', 'clinic'], /^The ID number of type 3 is invalid$/],
    ['{"sex":"F"}', ['patient', 'clinic'], /^The patient must satisfy the upload policy of the group: SEX AND IDNUM1$/],
    ['', ['schedule', 'Ann', 'Weekly', 'phq9', '2026-01-01', '2026-02-01'], /^PATIENT must be a whole number/],
    ['', ['schedule', '99999', 'Weekly', 'phq9', '2026-01-01', '2026-02-01'], /^There is no such patient/],
    ['', ['schedule', '1', '', 'phq9', '2026-01-01', '2026-02-01'], /^NAME must be 1 to 255 characters$/],
    [
      '',
      ['schedule', '1', 'Weekly', 'phq', '2026-01-01', '2026-02-01'],
      /^TABLE must be the table of one of CamCOPS's tasks, such as phq9$/,
    ],
    ['', ['schedule', '1', 'Weekly', 'patient', '2026-01-01', '2026-02-01'], /^TABLE must be the table of one/],
    [
      '',
      ['schedule', '1', 'Weekly', 'phq9', 'tomorrow', '2026-02-01'],
      /^FROM must be a date such as 2026-12-01, or a time such as/,
    ],
    ['', ['schedule', '1', 'Weekly', 'phq9', '2026-02-30', '2026-03-01'], /^FROM must be a date/],
    ['', ['schedule', '1', 'Weekly', 'phq9', '2026-02-01', '12026-03-01'], /^BY must be a date/],
    ['', ['schedule', '1', 'Weekly', 'phq9', '0001-02-01', '2026-03-01'], /^FROM must be a date/],
    ['', ['schedule', '1', 'Weekly', 'phq9', '1000-01-01T00:00+00:01', '2026-03-01'], /^FROM must be a date.*1000 to/],
    ['', ['schedule', '1', 'Weekly', 'phq9', '2026-02-01', '9999-12-31T23:59:59-23:59'], /^BY must be a date.* 9999$/],
    ['', ['schedule', '1', 'Weekly', 'phq9', '2026-02-01', '2026-02-01T24:30Z'], /^BY must be a date/],
    ['', ['schedule', '1', 'Weekly', 'phq9', '2026-02-02', '2026-02-01'], /^FROM must be before BY$/],
    ['', ['strings', 'no-such-file.xml'], /^no-such-file\.xml must be a file or a folder$/],
    [
      '',
      ['export', 'phq9', '--format', 'xml'],
      /^TABLE comes first, and then any of --format csv, --format jsonl and --all-versions$/,
    ],
    ['', ['export', '--all-versions', 'phq9'], /^TABLE comes first/],
    ['', ['export', 'nosuch'], /^TABLE must be one of CamCOPS's tables, such as phq9$/],
  ];

  it('each mistyped command says in one line what to type instead, and changes nothing', async () => {
    await admin('', 'group', 'clinic', 'sex and idnum1', 'sex and idnum1');
    await admin('', 'idnumber', '1', 'Hospital number', 'HN');
    await admin('', 'idnumber', '3', 'NHS number', 'NHS', 'uk_nhs_number');
    expect(mistyped.length).toBeGreaterThanOrEqual(50);
    const sql = `select (select count(*) from audit where event = 'admin') as audited, (select changes from server_information)`;
    const before = await db.query(sql);
    for (const [input, command, words] of mistyped) {
      const said = await admin(input, ...command).catch((error: unknown) => wordsOf(error));
      expect(said, command.join(' ')).toMatch(words);
      expect(said).not.toContain('\n');
    }
    expect(await db.query(sql)).toEqual(before);

    // And whatever was typed, tablets are served.
    const { tablet: of, stop } = await serving({ db });
    expect((await of('after-all').ask('register')).reply).toMatchObject({ status: 200 });
    await stop();
  });

  it.each([[[]], [['help']], [['--help']]])('of %j all commands are described', async (given) => {
    expect(await admin('', ...given)).toMatch(
      /^usage: npm run admin -- COMMAND, one of\n {2}group NAME UPLOAD FINALIZE {4}add/,
    );
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
    [{ CAMCOPS_PASSWORD: '7 marks' }, 'CAMCOPS_PASSWORD must be 8 to 1,000 characters'],
    [{ CAMCOPS_PASSWORD: 'on two\nlines' }, 'CAMCOPS_PASSWORD must be on one line'],
  ])('of %o it is said: %s', (settings, words) => {
    expect(() => settingsOf(settings, [])).toThrow(words);
  });

  it('of a host with several addresses, none of which answers, each is told', () => {
    const refused = ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'];
    expect(wordsOf(new AggregateError(refused.map((words) => new Error(words))))).toBe(refused.join('; '));
  });

  it('all have defaults', () => {
    expect(settingsOf({ CAMCOPS_PASSWORD: '' }, [])).toMatchObject({
      password: undefined,
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
  );
  for (const [, command] of usage.matchAll(/^ {2}(.+?) {4}/gm))
    expect(page).toContain(`\`${String(command).replaceAll('|', '\\|')}\``);
});
