import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  admit,
  defaultVersionPolicy,
  parseTabletRequest,
  privilegeOf,
  tabletSession,
  type LookedUp,
  type Operation,
  type Privilege,
} from '../src/index.js';
import { rightOf } from './support/decoded.js';
import { alice, device, deviceName, nothingFound, post, userWith } from './support/fixtures.js';

/** The table of privileges, once more. */
const table: Readonly<Record<Privilege, readonly Operation[]>> = {
  anyone: ['check_device_registered', 'register_patient'],
  registration: ['get_allowed_tables', 'get_extra_strings', 'get_task_schedules', 'register'],
  upload: [
    'check_upload_user_and_device',
    'delete_where_key_not',
    'end_upload',
    'get_id_info',
    'start_preservation',
    'start_upload',
    'upload_empty_tables',
    'upload_entire_database',
    'upload_record',
    'upload_table',
    'validate_patients',
    'which_keys_to_send',
  ],
};

const sessionFor = (operation: string | undefined, found: LookedUp) =>
  tabletSession(rightOf(parseTabletRequest(defaultVersionPolicy)(post({ operation }))))(found);

const all: LookedUp = { device: some(device), user: some(alice), session: none };

it.each(Object.entries(table))('privilegeOf: %s', (privilege, operations) => {
  expect(operations.map(privilegeOf)).toEqual(operations.map(() => privilege));
});

describe('admit', () => {
  it.each(table.anyone)('%s: anyone, with nothing proved', (operation) => {
    const session = sessionFor(operation, nothingFound);
    expect(admit(session)).toEqual(right({ privilege: 'anyone', operation, session }));
  });

  it.each(table.registration)('%s: whoever may register devices', (operation) => {
    const user = userWith({ mayUpload: false });
    const session = sessionFor(operation, { ...all, device: none, user: some(user) });
    const name = operation === 'register' ? { deviceName: 'tablet-1' } : {};
    const admission = { privilege: 'registration', operation, session, user, groupId: 1, ...name };
    expect(admit(session)).toStrictEqual(right(admission));

    expect(admit(sessionFor(operation, nothingFound))).toEqual(left({ code: 'invalid-credentials' }));
    expect(admit(sessionFor(operation, { ...all, user: some(userWith({ mayRegisterDevices: false })) }))).toEqual(
      left({ code: 'not-authorized-to-register-devices' }),
    );
  });

  it.each(table.upload)('%s: whoever may upload, from a known device', (operation) => {
    const user = userWith({ mayRegisterDevices: false });
    const session = sessionFor(operation, { ...all, user: some(user) });
    const admission = { privilege: 'upload', operation, session, user, groupId: 1, device };
    expect(admit(session)).toStrictEqual(right(admission));

    expect(admit(sessionFor(operation, { ...all, device: none }))).toEqual(left({ code: 'unregistered-device' }));
    expect(admit(sessionFor(operation, { ...all, user: none }))).toEqual(left({ code: 'invalid-credentials' }));
    expect(admit(sessionFor(operation, { ...all, user: some(userWith({ mayUpload: false })) }))).toEqual(
      left({ code: 'not-authorized-to-upload' }),
    );
  });

  it.each([
    'Upload_Table',
    'no_such_operation',
    '_',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'x'.repeat(64),
  ])('%.20s: no such operation, whoever asks', (operation) => {
    expect(admit(sessionFor(operation, all))).toEqual(left({ code: 'unsupported-operation', operation }));
    expect(admit(sessionFor(operation, nothingFound))).toEqual(left({ code: 'unsupported-operation', operation }));
  });

  it('register: after its gate, not without the name of a device', () => {
    const request = parseTabletRequest(defaultVersionPolicy)(post({ operation: 'register', device: undefined }));
    const admittedWith = (user: LookedUp['user']) => admit(tabletSession(rightOf(request))({ ...nothingFound, user }));
    expect(admittedWith(some(alice))).toEqual(left({ code: 'missing-field', field: 'device' }));
    expect(admittedWith(none)).toEqual(left({ code: 'invalid-credentials' }));
  });

  it('an account that belongs to another device: only what anyone may do', () => {
    const found = { ...all, user: some({ ...alice, onlyDevice: deviceName('tablet-2') }) };
    const codeOf = (operation: string) => {
      const admission = admit(sessionFor(operation, found));
      return isRight(admission) ? 'admitted' : admission.left.code;
    };
    expect(new Set(table.anyone.map(codeOf))).toEqual(new Set(['admitted']));
    expect(new Set([...table.registration, ...table.upload].map(codeOf))).toEqual(new Set(['other-device']));
  });

  it.each([undefined, ''])('no operation (%j)', (operation) => {
    expect(admit(sessionFor(operation, all))).toEqual(left({ code: 'missing-field', field: 'operation' }));
  });
});
