import { left, right } from 'fp-ts/lib/Either.js';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import {
  fault,
  handleTabletRequest,
  refused,
  versionPolicy,
  type Fields,
  type Ports,
  type TabletOutcome,
} from '../src/index.js';
import { inMemoryPorts } from '../src/testing/index.js';
import { rightOf } from './support/decoded.js';
import { fieldsOf, post } from './support/fixtures.js';

const { ports } = inMemoryPorts({
  devices: [{ name: 'tablet-1' }],
  users: [
    { username: 'alice', password: 'pw-alice' },
    { username: 'bob', password: 'pw-bob' },
  ],
  sessions: [{ id: 501, token: 'tok-alice', username: 'alice' }],
  firstSession: { id: 900, token: 'new-token' },
});
const versions = rightOf(versionPolicy({ supported: '>=2.0.0', deprecated: '<2.3.0' }));
const handle = handleTabletRequest({
  ports,
  handlers: { upload_table: () => () => Promise.resolve(right('done')) },
  versions,
});
const outcomeOf = async (fields: Fields) => (await handle({ method: 'POST', fields })()).outcome;

describe('the outcome', () => {
  it('of a served request says who asked for what', async () => {
    expect(await outcomeOf(fieldsOf())).toEqual({
      operation: 'upload_table',
      deviceName: 'tablet-1',
      username: 'alice',
      clientVersion: '2.4.24',
      deprecatedClient: false,
      signIn: 'password',
      result: { code: 'served' },
    });
  });

  it.each([
    ['2.2.8', true],
    ['2.3.0-rc.1', true],
    ['2.3.0', false],
  ])('tells that client %s is deprecated: %s', async (camcops_version, deprecatedClient) => {
    const outcome = await outcomeOf(fieldsOf({ camcops_version }));
    expect(outcome).toMatchObject({ deprecatedClient, result: { code: 'served' } });
  });

  it('leaves out what was not sent', async () => {
    expect(await outcomeOf({ camcops_version: '2.4.24' })).toStrictEqual({
      clientVersion: '2.4.24',
      deprecatedClient: false,
      signIn: 'none',
      result: { code: 'missing-field', field: 'operation' },
    });
  });

  it('of a refused form names what keeps its grammar', async () => {
    expect(await outcomeOf(fieldsOf({ camcops_version: '1.14' }))).toEqual({
      operation: 'upload_table',
      deviceName: 'tablet-1',
      username: 'alice',
      clientVersion: '1.14.0',
      deprecatedClient: false,
      signIn: 'none',
      result: { code: 'version-too-old', actual: '1.14.0', required: '2.0.0' },
    });
  });

  it('of a refused form names nothing that does not', async () => {
    const bad = { operation: 'a b', device: 'tablet\n1', user: 'al ice', camcops_version: 'v2' };
    expect(await outcomeOf(fieldsOf(bad))).toStrictEqual({
      deprecatedClient: false,
      signIn: 'none',
      result: { code: 'invalid-field', field: 'operation', rule: 'must be 1 to 64 letters, digits and underscores' },
    });
  });

  it("of a handler's own refusal has the host's reason, which no tablet is told", async () => {
    const refusing = (reason?: string) => () => () => Promise.resolve(left(refused('Closed', reason)));
    const serve = (reason?: string) => handleTabletRequest({ ports, handlers: { upload_table: refusing(reason) } });
    const { body, outcome } = await serve('holidays')(post())();
    expect(outcome.result).toStrictEqual({ code: 'refused', message: 'Closed', reason: 'holidays' });
    expect(body).toMatch(/^success:0\nerror:Closed\nsession_id:/);
    expect((await serve()(post())()).outcome.result).toStrictEqual({ code: 'refused', message: 'Closed' });
  });

  it('is plain: as JSON it says all there is', async () => {
    const outcome = await outcomeOf(fieldsOf());
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
  });

  it('never holds a password or a token', async () => {
    const forms = [
      post({ session_id: '1', session_token: 'sent-token' }),
      post({ password: 'secret-password', session_token: 'sent-token' }),
      post({ camcops_version: undefined, password: 'secret-password' }),
      { method: 'GET', fields: fieldsOf({ password: 'secret-password' }) },
      { method: 'POST', fields: [...fieldsOf(), ...fieldsOf()] },
    ];
    for (const form of forms) {
      const { outcome } = await handle(form)();
      const printed = JSON.stringify(outcome) + inspect(outcome, { depth: Infinity, showHidden: true });
      expect(printed).not.toMatch(/pw-alice|secret-password|sent-token|new-token/);
    }
  });
});

describe('signIn', () => {
  const nothing = { password: undefined };
  const resumes = { session_id: '501', session_token: 'tok-alice' };
  const check = { operation: 'check_device_registered' };

  it.each<readonly [string, TabletOutcome<never>['signIn'], Parameters<typeof post>[0]]>([
    ['a right password', 'password', {}],
    ["a right password beside another's session", 'password', { ...resumes, user: 'bob', password: 'pw-bob' }],
    ['a session', 'resumed', { ...resumes, ...nothing }],
    ['a session, and a wrong password, which nobody looks at', 'resumed', { ...resumes, password: 'wrong' }],
    ['nothing', 'none', nothing],
    ['a blank password', 'none', { password: '' }],
    ['an id without a token', 'none', { ...nothing, session_id: '501' }],
    ['a username alone, to what anyone may ask', 'none', { ...nothing, ...check }],
    ['a wrong password', 'failed', { password: 'wrong' }],
    ['a wrong password, to what anyone may ask and is served', 'failed', { password: 'wrong', ...check }],
    ['a wrong password, to what nobody does', 'failed', { password: 'wrong', operation: 'nonsense' }],
    ['the password of nobody', 'failed', { user: 'nobody' }],
    ['a password without a username', 'failed', { user: undefined }],
    ['a wrong token', 'failed', { ...resumes, ...nothing, session_token: 'tok' }],
    ["another's session", 'failed', { ...resumes, ...nothing, user: 'bob' }],
    ['a token without an id', 'failed', { ...nothing, session_token: 'tok-alice' }],
    ['a right password of a client too old', 'none', { camcops_version: '1.14' }],
    ['a right password in a refused form', 'none', { device: 'a b' }],
    ['a right password of what is no tablet', 'none', { camcops_version: undefined }],
  ])('%s: %s', async (_, signIn, differences) => {
    expect(await outcomeOf(fieldsOf(differences))).toMatchObject({ signIn });
  });

  it('is by password where no sessions are stored', async () => {
    const { devices, users } = ports;
    const reply = await handleTabletRequest({ ports: { devices, users }, handlers: {} })(post(resumes))();
    expect(reply.outcome).toMatchObject({ signIn: 'password' });
  });

  const down = () => () => Promise.resolve(left('down'));
  it.each<readonly [string, TabletOutcome<never>['signIn'], Partial<Ports<string>>, Parameters<typeof post>[0]]>([
    ['users who cannot be asked', 'failed', { users: { authenticate: down } }, {}],
    ['sessions that cannot be asked', 'failed', { sessions: { ...ports.sessions, findSession: down } }, resumes],
    ['a session that cannot be started', 'failed', { sessions: { ...ports.sessions, startSession: down } }, {}],
    ['devices that cannot be asked, beside a right password', 'password', { devices: { findDeviceByName: down } }, {}],
    ['devices that cannot be asked, beside a session', 'resumed', { devices: { findDeviceByName: down } }, resumes],
    ['devices that cannot be asked, and nothing sent', 'none', { devices: { findDeviceByName: down } }, nothing],
  ])('with %s: %s', async (_, signIn, broken, differences) => {
    const server = { ports: { ...ports, ...broken }, handlers: {} };
    expect((await handleTabletRequest(server)(post(differences))()).outcome).toMatchObject({
      signIn,
      result: fault('down'),
    });
  });
});
