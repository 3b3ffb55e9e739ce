/** Small values that many tests need. */
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import {
  DeviceName,
  parseClientVersion,
  Username,
  type ClientVersion,
  type Device,
  type User,
} from '../../src/index.js';
import { decoded, rightOf } from './decoded.js';

export const deviceName = (text: string): DeviceName => decoded(DeviceName, text);
export const username = (text: string): Username => decoded(Username, text);
export const clientVersion = (text: string): ClientVersion => rightOf(parseClientVersion(text));

export const device: Device = { id: 11, name: deviceName('tablet-1') };

export const userWith = (
  rights: {
    mayUpload?: boolean;
    mayRegisterDevices?: boolean;
    uploadGroupId?: Option<number>;
    superuser?: boolean;
  } = {},
): User => ({
  id: 1,
  username: username('alice'),
  uploadGroupId: rights.uploadGroupId ?? some(1),
  superuser: rights.superuser ?? false,
  memberships: [
    {
      groupId: 1,
      mayUpload: rights.mayUpload ?? true,
      mayRegisterDevices: rights.mayRegisterDevices ?? true,
    },
  ],
});

export const alice: User = userWith();

type Differences = Readonly<Record<string, string | undefined>>;

/** What a tablet of `alice` sends, with the differences of a test; a field given as `undefined` is not sent. */
export const fieldsOf = (differences: Differences = {}): readonly (readonly [string, string])[] => {
  const sent: Differences = {
    camcops_version: '2.4.24',
    device: 'tablet-1',
    operation: 'upload_table',
    password: 'pw-alice',
    user: 'alice',
    ...differences,
  };
  return Object.entries(sent).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
};

export const post = (differences: Differences = {}) => ({ method: 'POST', fields: fieldsOf(differences) });

export const nothingFound = { device: none, user: none, session: none };
