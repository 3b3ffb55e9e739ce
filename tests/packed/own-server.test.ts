/**
 * What a newcomer ends with, in an empty folder: the package as it is published, `examples/postgres` with a users table of their own, and a
 * recipe, on PostgreSQL. A tablet uploads, and its PHQ-9 is read under the right patient.
 */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { staff, usersFile } from '../support/own-users.js';
import { freshDatabase, hasPostgres } from '../support/postgres.js';
import { blocksOf, readme, running, writeFiles } from '../support/readme-server.js';
import { newFolder, packInto, root, run } from './folder.js';

const server = `
import { createServer } from 'node:http';
import { operationHandlers } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';
import { postgresDatabase } from './postgres/database.js';
import { databaseHost } from './postgres/host.js';
import { databasePorts } from './postgres/ports.js';
import { keepViews } from './postgres/views.js';
import { nodeTablets } from './node-http.js';

const db = await postgresDatabase(process.env['DATABASE_URL'] ?? '');
await db.transaction((query) => keepViews(query, camcopsTables));
const host = databaseHost(db, { tables: camcopsTables, title: 'Clinic' });
const tablets = { ports: databasePorts(db), handlers: operationHandlers(host) };
createServer(
  nodeTablets(tablets, console.log, (_, response) => void response.writeHead(404).end()),
).listen(Number(process.env['PORT']), '127.0.0.1');
`;

describe.skipIf(!hasPostgres)("a server of one's own on PostgreSQL", () => {
  const folder = newFolder('own-server');
  const url = hasPostgres ? freshDatabase() : '';
  const sh = (command: string): string => run('bash', ['-ec', command], folder);
  const ask = async <Row>(...statements: readonly string[]): Promise<readonly Row[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    let rows: readonly Row[] = [];
    // The statement beside each call says what its rows are.
    for (const statement of statements) rows = (await client.query(statement)).rows as readonly Row[];
    await client.end();
    return rows;
  };

  beforeAll(() => {
    const { tarball } = packInto(folder);
    const page = readFileSync(join(root, 'examples/postgres/README.md'), 'utf8');
    // The steps of the README, and those of the page beside the host.
    for (const [steps = ''] of [blocksOf(readme, 'sh'), blocksOf(page, 'sh')]) {
      sh(steps.replace('camcops-tablet-session', tarball));
    }
    const examples = join(folder, 'node_modules/camcops-tablet-session/examples');
    cpSync(join(examples, 'postgres'), join(folder, 'postgres'), { recursive: true });
    cpSync(join(examples, 'recipes/node-http.ts'), join(folder, 'node-http.ts'));
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: true };
    const tsconfig = JSON.stringify({ compilerOptions, include: ['server.ts', 'postgres'] });
    writeFiles(folder, { 'server.ts': server, 'postgres/users.ts': usersFile, 'tsconfig.json': tsconfig });
    expect(sh('npx tsc -p .')).toBe('');
    process.env['DATABASE_URL'] = url;
  });
  afterAll(() => {
    delete process.env['DATABASE_URL'];
    rmSync(folder, { recursive: true });
  });
  const { state } = running(() => folder, pathToFileURL(join(folder, 'node_modules/tsx/dist/loader.mjs')).href);

  it('stores two patients who have key 1, one after the other, and reads the PHQ-9 of each under its own', async () => {
    await ask(...staff);
    const post = async (fields: Readonly<Record<string, string>>): Promise<string> => {
      const signedIn = { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'p&w d+%;é' };
      const body = new URLSearchParams({ ...signedIn, ...fields });
      return (await fetch(`http://127.0.0.1:${state.port}/camcops/database`, { method: 'POST', body })).text();
    };
    expect(await post({ operation: 'register' })).toContain('success:1\n');
    const row = { id: '1', when_last_modified: 'NULL', _move_off_tablet: '0' };
    for (const [surname, score] of Object.entries({ Abbott: '3', Baker: '1' })) {
      const dbdata = JSON.stringify({
        patient: [{ ...row, surname: `'${surname}'`, sex: "'F'" }],
        patient_idnum: [{ ...row, patient_id: '1', which_idnum: '1', idnum_value: '7' }],
        phq9: [{ ...row, patient_id: '1', when_created: `'2026-11-2${score}T09:00:00.000+00:00'`, q1: score }],
      });
      const pknameinfo = '{"patient":"id","patient_idnum":"id","phq9":"id"}';
      const reply = await post({ operation: 'upload_entire_database', finalizing: '1', pknameinfo, dbdata });
      expect(reply).toContain('success:1\n');
    }
    expect(await ask('select patient_surname, q1::integer from camcops.phq9 order by era')).toEqual([
      { patient_surname: 'Abbott', q1: 3 },
      { patient_surname: 'Baker', q1: 1 },
    ]);
  });
});
