import { none, some, type Option } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { mayRegisterDevices, mayUpload, Username, type Membership } from '../src/index.js';
import { decoded } from './support/decoded.js';

const user = (uploadGroupId: Option<number>, superuser: boolean, memberships: readonly Membership[]) => ({
  id: 1,
  username: decoded(Username, 'alice'),
  uploadGroupId,
  superuser,
  memberships,
});

const allows = (groupId: number): Membership => ({ groupId, mayUpload: true, mayRegisterDevices: true });
const uploads = (groupId: number): Membership => ({ groupId, mayUpload: true, mayRegisterDevices: false });
const registers = (groupId: number): Membership => ({ groupId, mayUpload: false, mayRegisterDevices: true });
const neither = (groupId: number): Membership => ({ groupId, mayUpload: false, mayRegisterDevices: false });

interface Row {
  readonly label: string;
  readonly group?: number;
  readonly superuser?: true;
  readonly memberships: readonly Membership[];
  readonly may: readonly [upload: boolean, register: boolean];
}

const rows: readonly Row[] = [
  { label: 'a member who may do both', group: 1, memberships: [allows(1)], may: [true, true] },
  { label: 'a member who may upload', group: 1, memberships: [uploads(1)], may: [true, false] },
  { label: 'a member who may register', group: 1, memberships: [registers(1)], may: [false, true] },
  { label: 'a member who may do neither', group: 1, memberships: [neither(1)], may: [false, false] },
  { label: 'no member', group: 1, memberships: [], may: [false, false] },
  { label: 'a member of another group', group: 1, memberships: [allows(3)], may: [false, false] },
  { label: 'a member of the groups beside it', group: 1, memberships: [allows(0), allows(2)], may: [false, false] },
  {
    label: 'a member of several, the upload group not first',
    group: 2,
    memberships: [neither(1), allows(2)],
    may: [true, true],
  },
  {
    label: 'a member of several, allowed in the wrong one',
    group: 2,
    memberships: [allows(1), neither(2)],
    may: [false, false],
  },
  {
    label: 'a member twice, allowed the second time',
    group: 1,
    memberships: [neither(1), allows(1)],
    may: [true, true],
  },
  {
    label: 'a member twice, allowed the first time',
    group: 1,
    memberships: [allows(1), neither(1)],
    may: [true, true],
  },
  { label: 'a member twice, each allowing one', group: 1, memberships: [uploads(1), registers(1)], may: [true, true] },
  { label: 'a member of group 0', group: 0, memberships: [allows(0)], may: [true, true] },
  {
    label: 'a member of group 0 who may upload',
    group: 0,
    memberships: [uploads(0), registers(1)],
    may: [true, false],
  },
  { label: 'no member of group 0', group: 0, memberships: [allows(1)], may: [false, false] },
  { label: 'a member of group -1', group: -1, memberships: [registers(-1)], may: [false, true] },
  { label: 'a superuser', group: 1, superuser: true, memberships: [], may: [true, true] },
  {
    label: 'a superuser who as a member may not',
    group: 1,
    superuser: true,
    memberships: [neither(1)],
    may: [true, true],
  },
  { label: 'a superuser of group 0', group: 0, superuser: true, memberships: [], may: [true, true] },
  { label: 'a superuser without an upload group', superuser: true, memberships: [allows(1)], may: [false, false] },
  { label: 'a member without an upload group', memberships: [allows(0), allows(1)], may: [false, false] },
  { label: 'nobody in particular', memberships: [], may: [false, false] },
];

describe('mayUpload and mayRegisterDevices', () => {
  it.each(rows)('$label', ({ group, superuser = false, memberships, may }) => {
    const one = user(group === undefined ? none : some(group), superuser, memberships);
    expect([mayUpload(one), mayRegisterDevices(one)]).toStrictEqual(may);
  });
});
