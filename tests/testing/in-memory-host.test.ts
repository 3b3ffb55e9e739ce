/** A whole server over plain data. What it answers is tested with `operation-handlers`, and by whole days in `vectors`. */
import { describe, expect, it } from 'vitest';

import { handleTabletRequest } from '../../src/index.js';
import { operationHandlers } from '../../src/operations/index.js';
import { inMemoryHost, type HostWorld } from '../../src/testing/index.js';

const serving = (world: HostWorld) => {
  const { ports, host } = inMemoryHost({ users: [{ username: 'nurse', password: 'pw' }], ...world });
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const sent = { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'pw' };
  return (fields: Readonly<Record<string, string>>) => handle({ method: 'POST', fields: { ...sent, ...fields } })();
};

describe('inMemoryHost', () => {
  it('knows nothing but what it is told', async () => {
    const post = serving({});
    expect((await post({ operation: 'check_device_registered' })).outcome.result).toEqual({
      code: 'unregistered-device',
    });
    expect((await post({ operation: 'register' })).body).toContain('databaseTitle:In-memory server\n');
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
    const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
    const schedules = [{ name: 'Weekly', items: [] }];
    const patient = { accessKey, username: 'nurse', password: 'pw', dob: '1950-01-02', schedules };
    const { body } = await serving({ patients: [patient] })({
      operation: 'get_task_schedules',
      patient_proquint: accessKey,
    });
    expect(body).toContain('"dob":"1950-01-02"');
    expect(body).toContain('task_schedules:[{"task_schedule_name":"Weekly","task_schedule_items":[]}]\n');
  });
});
