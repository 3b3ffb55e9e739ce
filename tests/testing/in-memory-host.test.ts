/** A whole server over plain data. What it answers is tested with `operation-handlers`, and by whole days in `vectors`. */
import { describe, expect, it } from 'vitest';

import { handleTabletRequest } from '../../src/index.js';
import { accessKeyOfUuid, operationHandlers } from '../../src/operations/index.js';
import { inMemoryHost, type HostWorld } from '../../src/testing/index.js';
import { camcopsTables } from '../../src/tables/index.js';
import { rightOf } from '../support/decoded.js';

const serving = (world: HostWorld) => {
  const { ports, host } = inMemoryHost({ users: [{ username: 'nurse', password: 'pw' }], ...world });
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const sent = { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'pw' };
  return (fields: Readonly<Record<string, string>>) => handle({ method: 'POST', fields: { ...sent, ...fields } })();
};

const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
const otherUuid = '0d9bdb30-49a9-4e41-a8ce-7a7a0d0b8b9a';
const nobodysKey = rightOf(accessKeyOfUuid(otherUuid));

describe('inMemoryHost', () => {
  it('knows nothing but what it is told', async () => {
    const post = serving({});
    expect((await post({ operation: 'check_device_registered' })).outcome.result).toEqual({
      code: 'unregistered-device',
    });
    const info = [
      'databaseTitle:In-memory server\nidPolicyUpload:SEX AND IDNUM1\nidPolicyFinalize:SEX AND IDNUM1\n',
      'idDescription1:ID number\nidShortDescription1:ID\nidValidationMethod1:\n',
    ];
    const { body } = await post({ operation: 'register' });
    for (const lines of info) expect(body).toContain(lines);
    expect((await post({ operation: 'check_device_registered' })).outcome.result).toEqual({ code: 'served' });
    expect((await post({ operation: 'get_allowed_tables' })).body).toContain('nrecords:0\n');
    expect((await post({ operation: 'get_extra_strings' })).body).toContain('nrecords:0\n');
  });

  it('tells its own server information, and what is wrong with it', async () => {
    const title = (databaseTitle: string) => serving({ serverInfo: { databaseTitle } })({ operation: 'register' });
    expect((await title('Clinic')).body).toContain('databaseTitle:Clinic\n');
    expect((await title(' Clinic')).outcome.result).toEqual({
      code: 'fault',
      cause: 'databaseTitle must be on one line, without leading white space',
    });
  });

  it('tells a patient their schedules', async () => {
    const schedules = [{ name: 'Weekly', items: [] }];
    const patient = { accessKey, username: 'nurse', password: 'pw', dob: '1950-01-02', schedules };
    const { body } = await serving({ patients: [patient] })({
      operation: 'get_task_schedules',
      patient_proquint: accessKey,
    });
    expect(body).toContain('"dob":"1950-01-02"');
    expect(body).toContain('task_schedules:[{"task_schedule_name":"Weekly","task_schedule_items":[]}]\n');
  });

  it('registers a patient, whose schedules may be left out', async () => {
    const details = {
      forename: 'Al',
      surname: 'Berg',
      sex: 'F',
      address: 'A',
      email: 'a@b.example',
      gp: 'G',
      other: 'O',
    };
    const users = [{ username: 'pat', password: 'pat-pw' }];
    const patient = { accessKey, username: 'pat', password: 'pat-pw', ...details, idNumbers: { 1: 9434765919 } };
    const post = serving({ users, patients: [patient] });
    const { body } = await post({ operation: 'register_patient', patient_proquint: accessKey });
    const { forename, surname, sex, ...others } = details;
    const told = { forename, surname, sex, dob: null, ...others, idnum1: 9434765919 };
    expect(body).toContain(`patient_info:${JSON.stringify([told])}\n`);
    expect(body).toContain('user:pat\npassword:pat-pw\n');
    const ipUse = { ip_use_commercial: 0, ip_use_clinical: 1, ip_use_educational: 0, ip_use_research: 0 };
    expect(body).toContain(`ip_use_info:${JSON.stringify(ipUse)}\n`);
    const account = { user: 'pat', password: 'pat-pw' };
    const schedules = await post({ ...account, operation: 'get_task_schedules', patient_proquint: accessKey });
    expect(schedules.body).toContain('task_schedules:[]\n');
  });

  it("binds a patient's account to the device that registers, and to the patient", async () => {
    const users = [{ username: 'pat', password: 'pat-pw' }];
    const patients = [{ accessKey, username: 'pat', password: 'pat-pw', sex: 'F' as const }];
    const tables = { patient: ['sex'] };
    const post = serving({ users: [{ username: 'nurse', password: 'pw' }, ...users], patients, tables });
    const account = { user: 'pat', password: 'pat-pw' };
    await post({ operation: 'register', device: 'tablet-2' });
    const others = await post({ operation: 'register_patient', device: 'tablet-2', patient_proquint: accessKey });
    expect(others.body).toContain(
      'error:Another account has registered this device: please speak to your administrator\n',
    );
    expect(others.outcome.result).toMatchObject({ code: 'refused', reason: 'others-device' });
    await post({ ...account, operation: 'register' });
    const whole = (device: string, sex: string, who: object = account) =>
      post({
        ...who,
        device,
        operation: 'upload_entire_database',
        finalizing: '0',
        pknameinfo: '{"patient":"id"}',
        dbdata: `{"patient":[{"id":"1","when_last_modified":"NULL","_move_off_tablet":"0","sex":"'${sex}'"}]}`,
      }).then(({ outcome }) => outcome.result.code);
    expect(await whole('tablet-2', 'F')).toBe('served');
    await post({ operation: 'register_patient', patient_proquint: accessKey });
    expect([await whole('tablet-2', 'F'), await whole('tablet-1', 'F')]).toEqual(['other-device', 'served']);
    expect([await whole('tablet-1', 'M'), await whole('tablet-1', 'M', {})]).toEqual(['other-patient', 'served']);
  });

  it('ties nobody to a patient where there are none, and needs no account to register one', async () => {
    const row = '{"id":"1","when_last_modified":"NULL","_move_off_tablet":"0"}';
    const whole = { finalizing: '0', pknameinfo: '{"patient":"id"}', dbdata: `{"patient":[${row}]}` };
    const post = serving({ tables: { patient: [] } });
    for (const operation of ['register', 'upload_entire_database'])
      expect((await post({ operation, ...whole })).outcome.result).toEqual({ code: 'served' });
    const { ports, host } = inMemoryHost({ patients: [{ accessKey, username: 'pat', password: 'pat-pw' }] });
    const form = {
      camcops_version: '2.4.24',
      device: 'tablet-1',
      operation: 'register_patient',
      patient_proquint: accessKey,
    };
    const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
    expect((await handle({ method: 'POST', fields: form })()).outcome.result).toEqual({ code: 'served' });
  });

  it.each<readonly [string, HostWorld]>([
    ['nobody', {}],
    ['others', { patients: [{ accessKey, username: 'pat', password: 'pat-pw' }] }],
  ])('knows no patient of another access key, where there are %s', async (_, world) => {
    for (const operation of ['register_patient', 'get_task_schedules']) {
      const { outcome } = await serving(world)({ operation, patient_proquint: nobodysKey });
      expect(outcome.result).toEqual({ code: 'unknown-access-key' });
    }
  });

  it("takes all of CamCOPS's tables", async () => {
    const { body } = await serving({ tables: camcopsTables })({ operation: 'get_allowed_tables' });
    expect(body).toContain('nrecords:152\n');
  });

  it('takes tables as columns, or with the oldest client that may use them', async () => {
    const tables = { phq9: ['q1'], gad7: { columns: ['q1'], minClientVersion: '2.4.0' } };
    const { body } = await serving({ tables })({ operation: 'get_allowed_tables' });
    expect(body).toContain("record0:'phq9','0.0.0'\nrecord1:'gad7','2.4.0'\n");
    const columns = ['id', 'when_last_modified', '_move_off_tablet', 'q1'];
    expect([...inMemoryHost({ tables }).host.tables.values()].map((table) => [...table.columns.keys()])).toEqual([
      columns,
      columns,
    ]);
  });
});
