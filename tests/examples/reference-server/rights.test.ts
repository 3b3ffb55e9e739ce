/** Who may do what, over HTTP; what one access key cannot reach; and that nobody keeps access after it was taken away. */
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';

import { left, right } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';
import { databaseHost, othersDevice } from '../../../examples/postgres/host.js';
import { hashToken } from '../../../examples/postgres/ports.js';
import { groupIdOf, savePassword } from '../../../examples/reference-server/accounts.js';
import { administer } from '../../../examples/reference-server/admin/administer.js';
import { newAccessKey, storePatient } from '../../../examples/reference-server/patients.js';
import { admissionTo } from '../../../src/testing/index.js';
import { own, tryAttack } from '../../support/attack.js';
import { username } from '../../support/fixtures.js';
import { onEachDatabase, password, passwordCost, serving } from '../../support/reference-server.js';
import { readReply } from '../../support/replay.js';
import { accounts, devices, rowOf, type Account, type Ask } from '../../support/rights.js';

const names: Readonly<Record<Account, string>> = {
  ...{ nobody: '', 'wrong password': 'mistaken', patient: '', 'upload only': 'uploader' },
  ...{ 'registration only': 'registrar', both: 'both', superuser: 'superuser', disabled: 'disabled' },
};

const passwordOf = (kind: Account): string => {
  if (kind === 'nobody') return '';
  return kind === 'wrong password' ? 'guess' : password;
};

type Fields = Readonly<Record<string, string>>;

onEachDatabase(({ open }) => {
  const db = open();
  const admin = (...given: readonly string[]) =>
    administer(
      () => Promise.resolve(db),
      () => Promise.resolve(''),
      given,
    );
  let addresses = 0;
  /** Each request comes from an address of its own: limits of guesses are not what is tried here. */
  const starting = async () => {
    const { url, stop } = await serving({ db, trustProxy: true });
    const post = async (body: string) => {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        'x-forwarded-for': `10.0.${String((addresses += 1) >> 8)}.${String(addresses & 255)}`,
      };
      return (await fetch(url, { method: 'POST', headers, body })).text();
    };
    const ask = async (fields: Fields) =>
      readReply(await post(new URLSearchParams({ camcops_version: '2.4.24', ...fields }).toString()));
    const outcome = async (fields: Fields) => {
      const reply = await ask(fields);
      return reply.get('success') === '1' ? 'served' : reply.get('error');
    };
    return { post, ask, outcome, stop };
  };
  const newPatient = async () => {
    const key = newAccessKey();
    const details = JSON.stringify([{ ...own, finalizing: false }]);
    const id = await storePatient(db.query, key, details, await groupIdOf(db.query, 'clinic'));
    return { key, id: String(id) };
  };

  /** Asks while a change waits to be committed, and begins to wait for it. The embedded database does one transaction at a time. */
  const during = (change: string, values: readonly unknown[], ask: () => Promise<unknown>) =>
    db.transaction(async (query) => {
      await query(change, values);
      const asked = ask();
      const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      for (let tries = 0; tries < 50 && (await query(waits)).length === 0; tries += 1) await setTimeout(20);
      return () => asked;
    });

  it('each account may do what the matrix says, and nothing else', async () => {
    const { ask: post, stop } = await starting();
    for (const name of Object.values(names).filter((one) => one !== ''))
      await savePassword(db, username(name), password, 'clinic', passwordCost);
    await db.query(`update memberships set may_register_devices = false
      where user_id = (select id from users where username = 'uploader')`);
    await db.query(
      `update memberships set may_upload = false where user_id = (select id from users where username = 'registrar')`,
    );
    await db.query(`update users set superuser = true where username = 'superuser'`);
    await db.query(`delete from memberships where user_id = (select id from users where username = 'superuser')`);
    await admin('disable', 'disabled');
    for (const device of ['other', 'revoked']) await post({ device, user: 'both', password, operation: 'register' });
    await admin('revoke', 'revoked');
    const { key } = await newPatient();
    const account = await post({ operation: 'register_patient', device: 'own', patient_proquint: key });
    const patient = { user: account.get('user') ?? '', password: account.get('password') ?? '' };
    await post({ ...patient, device: 'own', operation: 'register' });

    const ask: Ask = async (kind, device, operation, fields, number) => {
      await db.query('delete from limits');
      return post({
        operation,
        ...(kind === 'patient' ? patient : { user: names[kind], password: passwordOf(kind) }),
        device: device === 'unregistered' ? `new-${String(number)}` : device,
        patient_proquint: operation === 'register_patient' ? (await newPatient()).key : key,
        ...fields,
      });
    };
    for (const kind of accounts) {
      for (const device of devices) {
        const { found, expected } = await rowOf(ask, kind, device);
        expect([kind, device, found]).toEqual([kind, device, expected]);
      }
    }
    await stop();
  }, 120_000);

  it('whoever has one access key cannot act for another device or patient', async () => {
    const { post, stop } = await starting();
    const tables = `('patient', 'patient_idnum')`;
    await savePassword(db, username('nurse'), 'pw', 'clinic', passwordCost);
    await db.query(`update groups set upload_policy = 'sex', finalize_policy = 'sex'`);
    await db.query(`insert into id_number_types values (1, 'ID number', 'ID') on conflict do nothing`);
    const { key } = await newPatient();
    const stored = async () =>
      JSON.stringify(
        await db.query(
          `select device, table_name, key, values, state, finalized from history where table_name in ${tables} order by id`,
        ),
      );
    await tryAttack({ post, accessKey: key, stored });
    const all = await db.query<{ device: string; state: string }>(
      `select device, state from history where table_name = 'patient' order by id`,
    );
    expect(all.map(({ device, state }) => `${device} ${state}`)).toEqual([
      'ward deleted',
      'ward current',
      'phone current',
    ]);
    await stop();
  });

  it('nobody keeps access after it was taken away', async () => {
    const { ask, outcome, stop } = await starting();
    const session = (reply: ReadonlyMap<string, string>) => ({
      session_id: reply.get('session_id') ?? '',
      session_token: reply.get('session_token') ?? '',
    });
    const invalid = 'Invalid username/password (or user not authorized)';
    await savePassword(db, username('leaver'), password, 'clinic', passwordCost);
    const leaver = { user: 'leaver', password, device: 'leavers' };
    const signedIn = session(await ask({ ...leaver, operation: 'register' }));
    const upload = { ...leaver, ...signedIn, operation: 'get_id_info' };
    const noPassword = { ...upload, password: '' };
    expect(await outcome(noPassword)).toBe('served');
    expect(await admin('disable', 'leaver')).toBe('leaver is disabled.');
    expect([await outcome(noPassword), await outcome(upload)]).toEqual([invalid, invalid]);
    expect(await admin('disable', 'leaver')).toContain('nothing has changed');
    // A session that began while the user was being disabled.
    await db.query(
      `insert into sessions (id, token_hash, user_id, password_version) overriding system value
       select $1, $2, id, password_version from users where username = 'leaver'`,
      [signedIn.session_id, hashToken(signedIn.session_token)],
    );
    expect(await admin('enable', 'leaver')).toBe('leaver is enabled.');
    expect([await outcome(noPassword), await outcome(upload)]).toEqual([invalid, 'served']);

    const { key, id } = await newPatient();
    const register = { operation: 'register_patient', patient_proquint: key };
    const given = await ask({ ...register, device: 'patients' });
    const patient = { device: 'patients', user: given.get('user') ?? '', password: given.get('password') ?? '' };
    const patients = session(await ask({ ...patient, operation: 'register' }));
    expect(await outcome({ ...patient, ...patients, operation: 'start_upload' })).toBe('served');
    expect(await admin('withdraw', id)).toContain('are withdrawn');
    expect(await admin('withdraw', id)).toContain('nothing has changed');
    expect(await outcome({ ...patient, ...patients, password: '', operation: 'start_upload' })).toBe(invalid);
    expect(await outcome({ ...patient, operation: 'get_id_info' })).toBe(invalid);
    await expect(admin('enable', patient.user)).rejects.toThrow(
      'its patient is withdrawn, or its only device is revoked',
    );
    expect(await outcome({ ...register, device: 'patients' })).toContain('There is no patient with that access key');

    const another = await newPatient();
    const own2 = await ask({ operation: 'register_patient', patient_proquint: another.key, device: 'lost' });
    const lost = { device: 'lost', user: own2.get('user') ?? '', password: own2.get('password') ?? '' };
    const lostSession = session(await ask({ ...lost, operation: 'register' }));
    expect(await admin('revoke', 'lost')).toBe('lost is revoked.');
    expect(await outcome({ ...lost, ...lostSession, operation: 'get_id_info' })).toBe(invalid);
    await expect(admin('enable', lost.user)).rejects.toThrow('its patient is withdrawn, or its only device is revoked');
    const told = 'This device has been revoked: please speak to your administrator';
    expect(await outcome({ ...leaver, device: 'lost', operation: 'get_id_info' })).toBe(told);
    expect(await outcome({ operation: 'check_device_registered', device: 'lost' })).toBe(told);
    // The patient registers another device with the same key.
    const next = { operation: 'register_patient', patient_proquint: another.key, device: 'new-one' };
    const moved = await ask(next);
    const own3 = { device: 'new-one', user: moved.get('user') ?? '', password: moved.get('password') ?? '' };
    expect(await outcome({ ...own3, operation: 'register' })).toBe('served');
    // The ward takes the device over.
    expect(await outcome({ ...leaver, device: 'new-one', operation: 'register' })).toBe('served');
    expect(await outcome({ ...own3, operation: 'get_id_info' })).toBe(invalid);
    const others = 'Another account has registered this device: please speak to your administrator';
    expect(await outcome(next)).toBe(others);
    expect(await admin('list', 'users')).toMatch(/^user-new-one-\d+ +clinic +ended +\d+ +new-one/m);
    await stop();
  });

  it('a patient who is withdrawn while their tablet registers gets no account', async () => {
    const { outcome, stop } = await starting();
    const { key, id } = await newPatient();
    const asked = await during('update patients set withdrawn_at = now() where id = $1', [id], () =>
      outcome({ operation: 'register_patient', device: 'late', patient_proquint: key }),
    );
    expect(await asked()).toContain('There is no patient with that access key');
    expect(await db.query('select from users where patient_id = $1', [id])).toEqual([]);
    await stop();
  });

  it('an upload that waits while its device is revoked, or its user disabled, does not count', async () => {
    const { outcome, stop } = await starting();
    const dbdata = JSON.stringify({ phq9: [{ id: '1', when_last_modified: 'NULL', _move_off_tablet: '0' }] });
    const whole = { operation: 'upload_entire_database', finalizing: '0', pknameinfo: '{"phq9":"id"}', dbdata };
    for (const change of [
      `with locked as (select from devices where name = $1 for update) update users set disabled_at = now()
       where username = 'leaver' and exists (select from locked)`,
      'update devices set revoked_at = now() where name = $1',
    ]) {
      await savePassword(db, username('leaver'), password, 'clinic', passwordCost);
      await db.query(`update users set disabled_at = null where username = 'leaver'`);
      const leaver = { user: 'leaver', password, device: 'waiting' };
      expect(await outcome({ ...leaver, operation: 'register' })).toBe('served');
      const asked = await during(change, ['waiting'], () => outcome({ ...leaver, ...whole }));
      expect(await asked()).not.toBe('served');
      expect(await db.query(`select from history where device = 'waiting'`)).toEqual([]);
    }
    await stop();
  });

  it("a patient's account takes no device over, even if its registration comes late", async () => {
    const host = databaseHost(db, { tables: new Map(), title: '' });
    const registrars = () => db.query(`select registered_by as id from devices where name = 'contested'`);
    const registered = (id: number, patientId: Option<number>) =>
      host.registerDevice(
        admissionTo('register', {
          device: { id: 1, name: 'contested', isRevoked: false },
          user: { id, patientId, passwordVersion: 1 },
        }),
        { friendlyName: none },
      )();
    expect(await registered(1, some(1))).toEqual(right(undefined));
    expect(await registered(2, none)).toEqual(right(undefined));
    expect(await registered(1, some(1))).toEqual(left(othersDevice));
    expect(await registrars()).toEqual([{ id: 2 }]);
  });

  it('a session lasts 60 to 61 minutes after its last request, and 12 hours at most', async () => {
    const { ask, outcome, stop } = await starting();
    const user = { user: 'alice', password, device: 'sessions' };
    for (const [change, isAlive] of [
      [`last_used_at = now() - interval '60 minutes'`, true],
      [`last_used_at = now() - interval '61 minutes'`, false],
      [`started_at = now() - interval '11 hours 59 minutes'`, true],
      [`started_at = now() - interval '12 hours 1 minute'`, false],
    ] as const) {
      const reply = await ask({ ...user, operation: 'register' });
      const [session_id = '', session_token = ''] = [reply.get('session_id'), reply.get('session_token')];
      await db.query(`update sessions set ${change} where id = $1`, [session_id]);
      const again = { ...user, password: '', session_id, session_token, operation: 'get_id_info' };
      expect([change, await outcome(again)]).toEqual([
        change,
        isAlive ? 'served' : 'Invalid username/password (or user not authorized)',
      ]);
    }
    await stop();
  });

  it('of two registrations at once, the password of the later reply holds; and a key is for five devices', async () => {
    const { ask, outcome, stop } = await starting();
    const { key, id } = await newPatient();
    for (let round = 0; round < 60; round += 1) {
      const replies: ReadonlyMap<string, string>[] = [];
      const register = async () => {
        replies.push(await ask({ operation: 'register_patient', device: 'twice', patient_proquint: key }));
      };
      await Promise.all([register(), register()]);
      const [user = '', later = ''] = [replies[1]?.get('user'), replies[1]?.get('password')];
      expect([round, await outcome({ device: 'twice', user, password: later, operation: 'register' })]).toEqual([
        round,
        'served',
      ]);
    }
    const registered: unknown[] = [];
    for (const device of ['two', 'three', 'four', 'five', 'six', 'twice'])
      registered.push(await outcome({ operation: 'register_patient', device, patient_proquint: key }));
    const tooMany = 'This access key is in use on 5 devices: please speak to your administrator';
    expect(registered).toEqual(['served', 'served', 'served', 'served', tooMany, 'served']);
    expect(await admin('disable', `user-five-${id}`)).toBe(`user-five-${id} is disabled.`);
    const disabled = 'Your account on this device is disabled: please speak to your administrator';
    const again = { operation: 'register_patient', patient_proquint: key };
    expect([await outcome({ ...again, device: 'five' }), await outcome({ ...again, device: 'six' })]).toEqual([
      disabled,
      'served',
    ]);
    // An account whose device another has registered has ended, and one without a device of its own is no other.
    expect(await outcome({ ...again, device: 'seven' })).toBe(tooMany);
    expect(await outcome({ user: 'alice', password, device: 'six', operation: 'register' })).toBe('served');
    expect(await outcome({ ...again, device: 'seven' })).toBe('served');
    await db.query(`update users set only_device = 'server' where patient_id = $1 and only_device <> 'six'`, [id]);
    expect(await outcome({ ...again, device: 'seven' })).toBe('served');
    await stop();
  });
});
