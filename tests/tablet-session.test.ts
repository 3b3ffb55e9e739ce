import { isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  defaultVersionPolicy,
  deviceId,
  ensureDeviceRegistered,
  ensureValidDeviceAndUserForUploading,
  ensureValidUserForDeviceRegistration,
  fault,
  isDeviceRegistered,
  openTabletSession,
  parseTabletRequest,
  reloadDevice,
  secret,
  setSessionIdToken,
  tabletSession,
  userId,
  type Device,
  type GateRefusal,
  type Ports,
  type TabletSession,
} from '../src/index.js';
import { rightOf } from './support/decoded.js';
import { alice, device, nothingFound, post, userWith } from './support/fixtures.js';
import { untyped } from './support/untyped.js';

interface OurDevice extends Device {
  readonly ward: string;
}

const ourDevice: OurDevice = { ...device, ward: 'Ward 7' };
const request = rightOf(parseTabletRequest(defaultVersionPolicy)(post()));

const portsWith = (answer: () => Promise<unknown>): Ports<string, OurDevice> => ({
  devices: { findDeviceByName: () => () => untyped(answer()) },
  users: { authenticate: () => () => Promise.resolve(right(some(alice))) },
  sessions: {
    findSession: () => () => Promise.resolve(right(none)),
    startSession: () => () => Promise.resolve(right({ id: 900, token: secret('new-token') })),
  },
});

describe('opening', () => {
  const ports = portsWith(() => Promise.resolve(right(some(ourDevice))));

  it('finds the device and the user; a device that the host extended comes back whole', async () => {
    const session = rightOf(await openTabletSession(ports)(request)());
    expect(session).toMatchObject({ device: some(ourDevice), user: some(alice), sessionId: some(900) });
    expect(session.device._tag === 'Some' && session.device.value.ward).toBe('Ward 7');
  });

  it('gives what tabletSession gives of the same findings', async () => {
    const opened = rightOf(await openTabletSession(ports)(request)());
    const session = some({ id: 900, token: secret('new-token') });
    const found = tabletSession(request)({ device: some(ourDevice), user: some(alice), session });
    expect(found).toEqual(opened);
    expect(found.sessionToken._tag === 'Some' && found.sessionToken.value.reveal()).toBe('new-token');
  });

  it('keeps no password', () => {
    expect(Object.keys(tabletSession(request)(nothingFound))).toEqual([
      'operation',
      'deviceName',
      'username',
      'clientVersion',
      'sessionId',
      'sessionToken',
      'device',
      'user',
    ]);
  });

  it('does not take over the id and token that were sent', () => {
    const sent = rightOf(parseTabletRequest(defaultVersionPolicy)(post({ session_id: '5', session_token: 'stale' })));
    expect(tabletSession(sent)(nothingFound)).toMatchObject({ sessionId: none, sessionToken: none });
  });

  it('asks for no device when none was named', async () => {
    const unnamed = rightOf(parseTabletRequest(defaultVersionPolicy)(post({ device: undefined })));
    const unasked = portsWith(() => Promise.reject(new Error('asked')));
    expect(await openTabletSession(unasked)(unnamed)()).toMatchObject(right({ device: none }));
  });

  it('reloads nothing until its task is run, and again when it is run again', async () => {
    let asked = 0;
    const counting = portsWith(() => {
      asked += 1;
      return Promise.resolve(right(some(ourDevice)));
    });
    const task = reloadDevice(counting)(tabletSession(request)<OurDevice>(nothingFound));
    expect(asked).toBe(0);
    await task();
    await task();
    expect(asked).toBe(2);
  });

  it('looks up the device and signs in side by side', async () => {
    const events: string[] = [];
    const slow =
      <A>(name: string, answer: A) =>
      async () => {
        events.push(`${name} asked`);
        await Promise.resolve();
        await Promise.resolve();
        await Promise.resolve();
        events.push(`${name} answered`);
        return right(answer);
      };
    await openTabletSession<never, Device>({
      devices: { findDeviceByName: () => slow('device', none) },
      users: { authenticate: () => slow('user', none) },
    })(request)();
    expect(events.slice(0, 2).sort()).toEqual(['device asked', 'user asked']);
  });

  it("tells the sign-in's fault when both break", async () => {
    const ports: Ports<string> = {
      devices: { findDeviceByName: () => () => Promise.resolve(left('device')) },
      users: { authenticate: () => () => Promise.resolve(left('user')) },
    };
    expect(await openTabletSession(ports)(request)()).toEqual(left(fault('user')));
  });
});

describe('changing', () => {
  const unregistered: TabletSession<OurDevice> = Object.freeze(
    tabletSession(request)({ ...nothingFound, user: some(alice) }),
  );

  it('reloadDevice finds a device that has registered since', async () => {
    const ports = portsWith(() => Promise.resolve(right(some(ourDevice))));
    const reloaded = rightOf(await reloadDevice(ports)(unregistered)());
    expect(reloaded).toEqual({ ...unregistered, device: some(ourDevice) });
    expect(unregistered.device).toEqual(none);
  });

  it('reloadDevice forgets a device that has gone, and asks for none that has no name', async () => {
    const gone = portsWith(() => Promise.resolve(right(none)));
    const registered = { ...unregistered, device: some(ourDevice) };
    expect(await reloadDevice(gone)(registered)()).toEqual(right(unregistered));
    const unasked = portsWith(() => Promise.reject(new Error('asked')));
    expect(await reloadDevice(unasked)({ ...registered, deviceName: none })()).toMatchObject(right({ device: none }));
  });

  it('reloadDevice gives the fault of the store', async () => {
    expect(await reloadDevice(portsWith(() => Promise.resolve(left('down'))))(unregistered)()).toEqual(
      left(fault('down')),
    );
  });

  it('setSessionIdToken gives a session with that id and token, and leaves the old one as it was', () => {
    const session = setSessionIdToken(7, secret('seven'))(unregistered);
    expect(session).toMatchObject({ ...unregistered, sessionId: some(7), sessionToken: { _tag: 'Some' } });
    expect(session.sessionToken._tag === 'Some' && session.sessionToken.value.reveal()).toBe('seven');
    expect(unregistered.sessionId).toEqual(none);
  });
});

describe('reading', () => {
  const nobody = tabletSession(request)(nothingFound);
  const both = tabletSession(request)({ device: some(device), user: some(alice), session: none });

  it('tells the numbers of the device and of the user', () => {
    expect([deviceId(both), userId(both), isDeviceRegistered(both)]).toEqual([some(11), some(1), true]);
    expect([deviceId(nobody), userId(nobody), isDeviceRegistered(nobody)]).toEqual([none, none, false]);
  });
});

describe('gates', () => {
  const { uploadGroupId: _, ...groupless } = alice;
  const users = {
    nobody: none,
    'a groupless superuser': some({ ...groupless, uploadGroupId: none, superuser: true }),
    'one who may only register': some(userWith({ mayUpload: false })),
    'one who may only upload': some(userWith({ mayRegisterDevices: false })),
    'one who may both': some(alice),
    'a superuser': some(userWith({ mayUpload: false, mayRegisterDevices: false, superuser: true })),
  };
  const refusals = {
    credentials: { code: 'invalid-credentials' },
    group: { code: 'no-upload-group', username: 'alice' },
    upload: { code: 'not-authorized-to-upload' },
    register: { code: 'not-authorized-to-register-devices' },
    device: { code: 'unregistered-device' },
  } as const;

  it.each([
    ['nobody', 'credentials', 'credentials', 'credentials'],
    ['a groupless superuser', 'group', 'group', 'group'],
    ['one who may only register', 'passes', 'upload', 'upload'],
    ['one who may only upload', 'register', 'passes', 'device'],
    ['one who may both', 'passes', 'passes', 'device'],
    ['a superuser', 'passes', 'passes', 'device'],
  ] as const)('%s', (who, registering, uploading, uploadingFromAnUnknownDevice) => {
    const user = users[who];
    const passed = user._tag === 'Some' ? user.value : undefined;
    const known = { user, deviceName: none, device: some(ourDevice) };
    const unknown = { ...known, device: none };
    expect(ensureValidUserForDeviceRegistration(known)).toEqual(
      registering === 'passes' ? right(passed) : left(refusals[registering]),
    );
    expect(ensureValidUserForDeviceRegistration(unknown)).toEqual(ensureValidUserForDeviceRegistration(known));
    expect(ensureValidDeviceAndUserForUploading(known)).toEqual(
      uploading === 'passes' ? right({ user: passed, groupId: 1, device: ourDevice }) : left(refusals[uploading]),
    );
    expect(ensureValidDeviceAndUserForUploading(unknown)).toEqual(left(refusals[uploadingFromAnUnknownDevice]));
  });

  it.each([
    ['its own device', some('tablet-1'), 'passes'],
    ['another device', some('tablet-2'), 'other-device'],
    ['its own device in another letter case', some('Tablet-1'), 'other-device'],
    ['a device without a name', none, 'other-device'],
  ] as const)('an account that belongs to one device, on %s', (_, name, expected) => {
    const deviceName: typeof request.deviceName = untyped(name);
    const codeOf = (result: Either<GateRefusal, unknown>) => (isRight(result) ? 'passes' : result.left.code);
    const results = [alice, userWith({ uploadGroupId: none }), userWith({ superuser: true })].map((known) => {
      const session = { deviceName, device: some(ourDevice), user: some({ ...known, onlyDevice: device.name }) };
      return [ensureValidUserForDeviceRegistration(session), ensureValidDeviceAndUserForUploading(session)].map(codeOf);
    });
    const ofGroupless = expected === 'passes' ? 'no-upload-group' : expected;
    expect(results.flat()).toEqual([expected, expected, ofGroupless, ofGroupless, expected, expected]);
    const nobody = { deviceName, device: none, user: none };
    expect(ensureValidUserForDeviceRegistration(nobody)).toEqual(left({ code: 'invalid-credentials' }));
  });

  it('ensureDeviceRegistered gives the device, extended as it is', () => {
    const registered = ensureDeviceRegistered({ device: some(ourDevice) });
    expect(isRight(registered) && registered.right.ward).toBe('Ward 7');
    expect(ensureDeviceRegistered({ device: none })).toEqual(left({ code: 'unregistered-device' }));
  });
});
