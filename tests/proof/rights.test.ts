/** The matrix of rights, on the host in memory. `tests/examples/reference-server/rights.test.ts` tries it over HTTP. */
import { left } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';

import { handleTabletRequest, refused, type Fields, type Handlers, type TabletSession } from 'camcops-tablet-session';
import { accessKeyOfUuid, operationHandlers } from 'camcops-tablet-session/operations';
import { inMemoryHost } from 'camcops-tablet-session/testing';
import { rightOf } from '../support/decoded.js';
import { readReply } from '../support/replay.js';
import { untyped } from '../support/untyped.js';
import { accounts, devices, rowOf, type Account, type Ask, type DeviceKind } from '../support/rights.js';

const keyOf = (number: number) =>
  rightOf(accessKeyOfUuid(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`));
const members = (mayUpload: boolean, mayRegisterDevices: boolean) => ({
  memberships: [{ groupId: 1, mayUpload, mayRegisterDevices }],
});
const names: Readonly<Record<Account, string>> = {
  ...{ nobody: '', 'wrong password': 'both', patient: 'patient', 'upload only': 'uploader' },
  ...{ 'registration only': 'registrar', both: 'both', superuser: 'superuser', disabled: 'disabled' },
};

type AnyHandler = (
  admission: { readonly session: TabletSession },
  fields: Fields,
) => ReturnType<Required<Handlers<string>>['end_upload']>;

const server = async () => {
  const password = 'pw';
  const user = (username: string, rights: object = {}) => ({ username, password, ...rights });
  const { ports, host } = inMemoryHost({
    devices: [{ name: 'revoked' }],
    users: [
      user('patient', { onlyDevice: 'own' }),
      ...[user('uploader', members(true, false)), user('registrar', members(false, true)), user('both')],
      ...[user('superuser', { superuser: true, memberships: [] }), user('somebody')],
    ],
    tables: { phq9: [] },
    patients: [
      { accessKey: keyOf(0), ...user('patient'), sex: 'F', idNumbers: { 1: 1 } },
      ...Array.from({ length: 4000 }, (_, at) => ({ accessKey: keyOf(at + 1), ...user('somebody'), sex: 'F' })),
    ],
  });
  const revoked = left(refused('This device has been revoked: please speak to your administrator'));
  const handlers = Object.entries(operationHandlers<string>(host)).map(([operation, handler]) => {
    const own: AnyHandler = untyped(handler);
    const guarded: AnyHandler = (admission, fields) => {
      const { deviceName } = admission.session;
      const isRevoked = isSome(deviceName) && deviceName.value === 'revoked';
      return isRevoked ? () => Promise.resolve(revoked) : own(admission, fields);
    };
    return [operation, guarded] as const;
  });
  const handle = handleTabletRequest<string>({ ports, handlers: untyped(Object.fromEntries(handlers)) });
  for (const [device, registrar] of [
    ['own', 'patient'],
    ['other', 'both'],
  ] as const) {
    const fields = { camcops_version: '2.4.24', operation: 'register', device, user: registrar, password };
    await handle({ method: 'POST', fields })();
  }
  const ask: Ask = async (account, device, operation, own, number) => {
    const fields = {
      ...{ camcops_version: '2.4.24', operation, user: names[account] },
      device: device === 'unregistered' ? `new-${String(number)}` : device,
      password: account === 'nobody' ? '' : account === 'wrong password' ? 'guess' : password,
      patient_proquint: keyOf(operation === 'register_patient' ? number : 0),
      ...own,
    };
    return readReply((await handle({ method: 'POST', fields })()).body);
  };
  return ask;
};

const ask = await server();

it.each(accounts.flatMap((account) => devices.map((device) => [account, device] as [Account, DeviceKind])))(
  '%s, on the device "%s"',
  async (account, device) => {
    const { found, expected } = await rowOf(ask, account, device);
    expect(found).toBe(expected);
    expect(found).toHaveLength(18);
  },
);
