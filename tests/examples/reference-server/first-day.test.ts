/** The first day of docs/running.md: its commands, in a shell, from an empty PostgreSQL to a questionnaire that is read. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { tablet } from '../../../examples/tablets-day/tablet.js';
import { stringsOf } from '../../support/client-strings.js';
import { freshDatabase, hasPostgres } from '../../support/postgres.js';
import { serverProcess } from '../../support/server-process.js';
import { postTo } from '../../support/uploading.js';

// Each command starts a process.
vi.setConfig({ testTimeout: 240_000 });

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = await readFile(new URL('../../../docs/running.md', import.meta.url), 'utf8');
const [, firstDay = ''] = /^## A first day$([^]*?)^## /m.exec(page) ?? [];
const commands = [...firstDay.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));

describe.skipIf(!hasPostgres)('the first day of docs/running.md', () => {
  const url = hasPostgres ? freshDatabase() : '';
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'first-day-'));
    await mkdir(join(folder, 'camcops-strings'));
    const title =
      '<resources><task name="phq9"><string name="title">PHQ-9 &#x2013; of ours</string></task></resources>';
    await writeFile(join(folder, 'camcops-strings', 'phq9.xml'), title);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('ends with a PHQ-9 under its patient', async () => {
    expect(commands).toHaveLength(10);
    const [install, create, settings = '', ...rest] = commands;
    const [serve, ...after] = rest.splice(rest.findIndex((command) => command.startsWith('npm run serve')));
    expect([install, create, serve]).toEqual([
      'npm ci',
      'createdb -h localhost -U USER camcops',
      'npm run serve -- 8080',
    ]);
    const shell = async (command: string): Promise<string> => {
      const own = `${settings}\n${command}`.replace('postgres://USER:PASSWORD@localhost/camcops', url);
      const script = own.replace('camcops-strings', join(folder, 'camcops-strings'));
      return (await promisify(execFile)('bash', ['-euc', script], { cwd: root })).stdout;
    };
    for (const command of rest) expect(await shell(command)).toMatch(/\n.*\.\n(.*\n)?$/);

    const { url: at, said, end } = await serverProcess({ DATABASE_URL: url, TITLE: 'St Elsewhere' });
    expect(said()).toContain('Users as before.\nA patient of the group clinic must have sex AND idnum1, and');
    const nurse = { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'correct horse battery' };
    const { ask } = tablet(postTo(`${at}camcops/database`), nurse);
    expect((await ask('register')).reply.body).toMatch(/^databaseTitle:St Elsewhere\nidPolicyUpload:SEX AND IDNUM1\n/);
    expect(stringsOf((await ask('get_extra_strings')).reply.body).get('phq9 title ')).toBe('PHQ-9 – of ours');
    const told = '[{"forename":"Ann","sex":"F","dob":"1980-02-29","idnum1":7007,"finalizing":true}]';
    expect((await ask('validate_patients', { patient_info: told })).reply.body).toContain('success:1');
    const when = "'2026-11-29T12:00:00.000+00:00'";
    const row = { id: '1', when_last_modified: when, _move_off_tablet: '1' };
    const uploaded = await ask('upload_entire_database', {
      finalizing: '1',
      pknameinfo: '{"patient":"id","patient_idnum":"id","phq9":"id"}',
      dbdata: JSON.stringify({
        patient: [{ ...row, forename: "'Ann'", surname: 'NULL', sex: "'F'", dob: "'1980-02-29'" }],
        patient_idnum: [{ ...row, patient_id: '1', which_idnum: '1', idnum_value: '7007' }],
        phq9: [{ ...row, patient_id: '1', when_created: when, q1: '3' }],
      }),
    });
    expect(uploaded.reply.body).toContain('success:1');

    const [uploads = '', phq9 = ''] = await Promise.all(after.map(shell));
    await end('SIGTERM');
    expect(uploads).toMatch(/^\d+ +\d{4}-\d\d-\d\d \d\d:\d\d +tablet-1 +nurse +clinic +3$/m);
    const [heading = '', line = ''] = phq9.split('\r\n');
    const cells = new Map(heading.split(',').map((name, index) => [name, line.split(',')[index]]));
    expect(heading).toMatch(/^"device","era",/);
    expect(['"patient_forename"', '"uploaded_by"', '"q1"'].map((name) => cells.get(name))).toEqual([
      '"Ann"',
      '"nurse"',
      '3',
    ]);
  });
});
