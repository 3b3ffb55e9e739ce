import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import type { Operation } from '../../../src/index.js';
import { read } from '../../support/reading.js';

describe('readCommand', () => {
  it.each<Operation>([
    'check_device_registered',
    'check_upload_user_and_device',
    'end_upload',
    'get_allowed_tables',
    'get_extra_strings',
    'get_id_info',
    'start_preservation',
    'start_upload',
  ])('reads nothing of %s', (operation) => {
    expect(read(operation, { table: '__proto__' })).toEqual({});
  });

  it.each([
    ["Ann's tablet", some("Ann's tablet")],
    [' ', some(' ')],
    ['', none],
    [undefined, none],
  ])('reads the friendly name %j of a device', (devicefriendlyname, friendlyName) => {
    const fields = devicefriendlyname === undefined ? {} : { devicefriendlyname };
    expect(read('register', fields)).toEqual({ friendlyName });
  });

  it('refuses a friendly name that is not well formed, or sent twice', () => {
    const rule = 'must hold no NUL and no lone surrogate';
    expect(read('register', { devicefriendlyname: '\0' })).toBe(`Bad devicefriendlyname field: ${rule}`);
    const twice = [['devicefriendlyname', 'a'] as const, ['devicefriendlyname', 'a'] as const];
    expect(read('register', twice)).toBe('The field devicefriendlyname was sent more than once');
  });

  it.each(['register_patient', 'get_task_schedules'] as const)('reads the access key of %s', (operation) => {
    const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
    expect(read(operation, { patient_proquint: ` ${accessKey.toUpperCase()} ` })).toEqual({ accessKey });
    const words = 'There is no patient with that access key. Have you entered the key correctly?';
    expect(read(operation, { patient_proquint: accessKey.slice(1) })).toBe(words);
    expect(read(operation, {})).toBe('Must provide the variable: patient_proquint');
    const twice = [['patient_proquint', accessKey] as const, ['patient_proquint', accessKey] as const];
    expect(read(operation, twice)).toBe('The field patient_proquint was sent more than once');
  });
});
