/** The two roles of docs/running.md, on PostgreSQL: one owns the tables, the other serves, and can neither empty nor drop them. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { loggedRowsTrial } from '../../support/logged-rows.js';
import { hasPostgres, server } from '../../support/postgres.js';
import { runToEnd, serverProcess, type ServerProcess } from '../../support/server-process.js';
import { roleSql, runAt, urlAt } from '../../support/two-roles.js';
import { password, uploadOnce } from '../../support/uploading.js';
import { postgresPrograms } from '../../support/victims.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const programs = await postgresPrograms();
const id = randomBytes(6).toString('hex');
const names = { camcops_owner: `owner_${id}`, camcops_server: `server_${id}`, camcops: `two_roles_${id}` };
const { before, within, after } = roleSql(names);
const urlOf = (user?: string): string => urlAt(server, names.camcops, user);

describe.skipIf(!hasPostgres)('with two roles', () => {
  let [early, migrated]: (readonly [number | null, string])[] = [];
  let served: ServerProcess | undefined;
  const serverUrl = urlOf(names.camcops_server);

  beforeAll(async () => {
    await runAt(server, before);
    await runAt(urlOf(), within);
    early = await runToEnd('main', ['0'], { DATABASE_URL: serverUrl });
    migrated = await runToEnd('migrate', [], { DATABASE_URL: urlOf(names.camcops_owner) });
    await runAt(urlOf(names.camcops_owner), after);
    served = await serverProcess({ DATABASE_URL: serverUrl, CAMCOPS_PASSWORD: password });
  });
  afterAll(async () => {
    await served?.end('SIGTERM');
    await runAt(server, `drop database if exists ${names.camcops} with (force)`);
    await runAt(server, `drop role if exists ${names.camcops_server}; drop role if exists ${names.camcops_owner}`);
  });

  it('the owner makes the tables, and a server that may not does not start before', () => {
    const words = 'permission denied for schema public: run "npm run migrate" as the role that owns the database\n';
    expect(early).toEqual([1, expect.stringContaining(words)]);
    expect(early?.[1]).not.toContain('    at ');
    expect(migrated).toEqual([0, 'The tables and views are as this version needs them.\n']);
  });

  it('the server takes uploads by either method, again and again, and says that it is well', async () => {
    const url = served?.url ?? '';
    for (const count of [0, 1, 2, 3])
      expect(await uploadOnce(url, 'tablet-1', count, 3)).toMatchObject({ isAcknowledged: true });
    expect(await (await fetch(`${url}health`)).text()).toBe('ok\n');
  });

  it('an administrator works as the server does', async () => {
    const admin = (...args: readonly string[]) => runToEnd('admin', args, { DATABASE_URL: serverUrl }, password);
    for (const command of [
      ['idnumber', '2', 'NHS number', 'NHS', 'uk_nhs_number'],
      ['remove', 'idnumber', '2'],
      ['user', 'alice', 'clinic'],
      ['disable', 'alice'],
      ['export', 'bmi'],
    ]) {
      const [code, said] = await admin(...command);
      expect([command, code, said]).toEqual([command, 0, said]);
    }
    expect(await admin('list', 'uploads')).toEqual([0, expect.stringContaining('tablet-1')]);
  });

  it.each([
    ...['records', 'uploads', 'audit', 'devices', 'users'].flatMap((table) => [
      `truncate ${table} cascade`,
      `drop table ${table} cascade`,
    ]),
    ...['records', 'uploads', 'audit'].map((table) => `delete from ${table}`),
    'update records set values = null',
    'update uploads set username = null',
    'update audit set username = null',
    'update migrations set checksum = null',
    'alter table records disable trigger all',
    'alter table records drop column values',
    'drop schema camcops cascade',
    'create table of_its_own ()',
    `set session_replication_role = 'replica'`,
  ])('the server may not %s', async (sql) => {
    await expect(runAt(serverUrl, sql)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('its errors are terse in the log', async () => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    expect((await client.query('show log_error_verbosity')).rows).toEqual([{ log_error_verbosity: 'terse' }]);
    await client.end();
  });
});

it.skipIf(programs === undefined)(
  "PostgreSQL's own log holds no value of a row, and would without the setting",
  async () => {
    const { sent, wrong } = await loggedRowsTrial(programs ?? '');
    expect(wrong).toEqual([]);
    expect(sent).toBeGreaterThan(5);
  },
);
