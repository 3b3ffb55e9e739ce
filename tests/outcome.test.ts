import { right } from 'fp-ts/lib/Either.js';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { fault, handleTabletRequest, versionPolicy, type Fields } from '../src/index.js';
import { rightOf } from './support/decoded.js';
import { deviceName, fieldsOf, post, username } from './support/fixtures.js';
import { portsOf } from './support/world.js';

const { ports } = portsOf({
  devices: [{ id: 11, name: deviceName('tablet-1') }],
  users: [
    {
      id: 1,
      username: username('alice'),
      password: 'pw-alice',
      uploadGroupId: 1,
      superuser: true,
      memberships: [],
    },
  ],
  sessions: [],
  newSession: { id: 900, token: 'new-token' },
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
      result: { code: 'version-too-old', actual: '1.14.0', required: '2.0.0' },
    });
  });

  it('of a refused form names nothing that does not', async () => {
    const bad = { operation: 'a b', device: 'tablet\n1', user: 'al ice', camcops_version: 'v2' };
    expect(await outcomeOf(fieldsOf(bad))).toStrictEqual({
      deprecatedClient: false,
      result: { code: 'invalid-field', field: 'operation', rule: 'must be 1 to 64 letters, digits and underscores' },
    });
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

it('fault keeps the cause as it is', () => {
  const cause = new Error('down');
  expect(fault(cause)).toEqual({ code: 'fault', cause });
  expect(fault(cause).cause).toBe(cause);
});
