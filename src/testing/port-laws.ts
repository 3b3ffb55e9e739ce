/** The promises of the ports as named checks, for any implementation and any test runner. */
import { isNone, isSome } from 'fp-ts/lib/Option.js';

import { secret, type Device, type Ports, type User } from '../index.js';
import { answerOf, broken, keptIf, type Law } from './law.js';
import { law, slips, uncheckedDeviceName, uncheckedUsername, type LawSubjects } from './port-subjects.js';
import { sessionLaws } from './session-laws.js';

const deviceLaws = <E, D extends Device>(
  { devices }: Pick<Ports<E, D>, 'devices'>,
  deviceName: string,
): readonly Law[] => [
  law('a registered device is found by its name', async () => {
    const found = await answerOf(devices.findDeviceByName(uncheckedDeviceName(deviceName)));
    return keptIf(isSome(found) && found.value.name === deviceName, 'the device was not found, or has another name');
  }),
  ...[...slips, ['of nobody', (text: string) => `${text}-of-nobody`] as const].map(([how, slip]) =>
    law(`no device is found by a name ${how}`, async () => {
      const found = await answerOf(devices.findDeviceByName(uncheckedDeviceName(slip(deviceName))));
      return keptIf(isNone(found), 'a device was found');
    }),
  ),
];

const userLaws = <E, U extends User>(
  { users }: Pick<Ports<E, Device, U>, 'users'>,
  { username, password, onlyDevice }: LawSubjects<E, Device, U>,
): readonly Law[] => {
  const authenticate = (name: string, sent: string) =>
    answerOf(users.authenticate(uncheckedUsername(name), secret(sent)));

  const refuses = (what: string, name: string, sent: string): Law =>
    law(`nobody is signed in by ${what}`, async () => {
      const refusedUser = await authenticate(name, sent);
      // Then the right password, so that failures do not add up to a lock-out.
      const user = await authenticate(username, password);
      if (isSome(refusedUser)) return broken('a user was signed in');
      return keptIf(isSome(user), 'the right password was refused afterwards');
    });

  return [
    law('the right password gives the user', async () => {
      const user = await authenticate(username, password);
      return keptIf(isSome(user) && user.value.username === username, 'no user, or one of another name');
    }),
    ...(onlyDevice === undefined ? [] : [onlyDevice]).map((only) =>
      law('the user is bound to the one device of their account', async () => {
        const user = await authenticate(username, password);
        return keptIf(isSome(user) && user.value.onlyDevice === only, 'they are not');
      }),
    ),
    refuses('an empty password', username, ''),
    refuses('a wrong password', username, `${password}-wrong`),
    refuses('the name of nobody, with as little told as of a wrong password', `${username}-of-nobody`, password),
    ...slips.map(([how, slip]) => refuses(`a password ${how}`, username, slip(password))),
    ...slips.map(([how, slip]) => refuses(`a username ${how}`, slip(username), password)),
  ];
};

/**
 * Returns the laws of a host's ports. Run each `check` as a test of its own, one after the other. Without `sessions` there are no laws of
 * sessions. The laws try wrong passwords, each followed by the right one.
 *
 * @example
 * import { inMemoryPorts, portLaws } from 'camcops-tablet-session/testing';
 *
 * const subjects = {
 *   deviceName: 'Tablet-1',
 *   username: 'nurse',
 *   password: 'Pw',
 *   expireSession: () => Promise.resolve(),
 *   changePassword: () => Promise.resolve(),
 * };
 * const firstLaw = (name: string) => portLaws(inMemoryPorts({ devices: [{ name }] }).ports, subjects)[0]?.check();
 * await firstLaw('Tablet-1'); // right(undefined)
 * await firstLaw('tablet-1'); // left('the device was not found, or has another name')
 */
export const portLaws = <E, D extends Device = Device, U extends User = User>(
  ports: Ports<E, D, U>,
  subjects: LawSubjects<E, D, U>,
): readonly Law[] => [
  ...deviceLaws(ports, subjects.deviceName),
  ...userLaws(ports, subjects),
  ...(ports.sessions === undefined ? [] : sessionLaws(ports, ports.sessions, subjects)),
];
