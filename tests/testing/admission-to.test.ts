import { left } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, expectTypeOf, it } from 'vitest';

import { admit, type Operation, type UploadAdmission } from '../../src/index.js';
import { admissionTo } from '../../src/testing/index.js';
import { rightOf } from '../support/decoded.js';

const operations: readonly Operation[] = [
  'check_device_registered',
  'register_patient',
  'register',
  'get_allowed_tables',
  'get_task_schedules',
  'start_upload',
  'upload_table',
];

describe('admissionTo', () => {
  it.each(operations)('proves what admit does, of %s', (operation) => {
    const admission = admissionTo(operation);
    expect(admission).toEqual(rightOf(admit(admission.session)));
  });

  it('takes plain strings, and whole devices and users', () => {
    const { device, user, groupId, session } = admissionTo('upload_table', {
      device: { id: 7, name: '{tablet}', ward: 'A' },
      user: { id: 3, username: 'alice', uploadGroupId: some(5), grade: 'senior' },
      clientVersion: '2.3.0',
      sessionId: none,
    });
    expect([device.id, device.name, device.ward]).toEqual([7, '{tablet}', 'A']);
    expect([user.id, user.username, user.grade, groupId]).toEqual([3, 'alice', 'senior', 5]);
    expect(user.memberships).toEqual([{ groupId: 5, mayUpload: true, mayRegisterDevices: true }]);
    expect([session.clientVersion, session.sessionId]).toEqual(['2.3.0', none]);
  });

  it('takes the one device of an account, and admits that device unless it is told another', () => {
    const user = { onlyDevice: 'tablet-9' };
    const own = admissionTo('upload_table', { user });
    expect([own.device.name, own.user.onlyDevice]).toEqual(['tablet-9', 'tablet-9']);
    expect(own).toEqual(rightOf(admit(own.session)));
    const other = admissionTo('upload_table', { user, device: 'tablet-1' });
    expect(admit(other.session)).toEqual(left({ code: 'other-device' }));
    expect(admissionTo('upload_table').user).not.toHaveProperty('onlyDevice');
  });

  it('makes up the rest: a nurse in a session of a client of today', () => {
    const { user, session } = admissionTo('upload_table');
    expect([user.username, user.superuser, session.clientVersion]).toEqual(['nurse', false, '2.4.24']);
    expect(isSome(session.sessionToken) && session.sessionToken.value.reveal()).toBe('session-token');
  });

  it('proves a group even for a user who has none', () => {
    expect(admissionTo('upload_table', { user: { uploadGroupId: none } }).groupId).toBe(1);
  });

  it('has the type of the operation', () => {
    expectTypeOf(admissionTo('upload_table')).toExtend<UploadAdmission>();
    expectTypeOf(admissionTo('register').deviceName).toExtend<string>();
  });
});
