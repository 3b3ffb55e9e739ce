/** `docs/uploads.md` shows the store of this example as it is, and a schema that is enough for it; its README adds a first user. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { fromNullable } from 'fp-ts/lib/Option.js';
import { afterAll, describe, expect, it } from 'vitest';

import { embeddedDatabase, type Database, type Query } from '../../../examples/postgres/database.js';
import { databaseHost } from '../../../examples/postgres/host.js';
import { databasePorts } from '../../../examples/postgres/ports.js';
import { databaseUploads } from '../../../examples/postgres/uploads.js';
import { handleTabletRequest } from '../../../src/index.js';
import { operationHandlers, RowFromJson } from '../../../src/operations/index.js';
import { camcopsTables } from '../../../src/tables/index.js';
import { admissionTo, uploadLaws } from '../../../src/testing/index.js';

import { decoded } from '../../support/decoded.js';

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
const page = read('docs/uploads.md');
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';

it('the page shows the store as it is, and is short', () => {
  const store = read('examples/postgres/uploads.ts');
  expect(block('text')).toBe(store);
  const code = store.replaceAll(/\/\*\*[^]*?\*\//g, '').match(/^(?!\s*\/\/).*\S.*$/gm) ?? [];
  expect(code.length).toBeLessThanOrEqual(80);
  const prose = page.replaceAll(/^```(?:sql|text)$.*?^```$/gms, '').match(/^.*\S.*$/gm) ?? [];
  expect(prose.length).toBeLessThanOrEqual(62);
});

describe('the schema of the page', async () => {
  const pglite = new PGlite({ parsers: { 20: Number } });
  await pglite.exec(block('sql'));
  await pglite.exec(
    `insert into devices (name) values ('tablet-1'), ('tablet-2'); insert into groups (name) values ('clinic')`,
  );
  afterAll(() => pglite.close());

  const on =
    (client: Pick<PGlite, 'query'>): Query =>
    async <R>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<R>(sql, [...values])).rows;
  const db: Database = {
    query: on(pglite),
    transaction: (work) => pglite.transaction((tx) => work(on(tx))),
    close: () => pglite.close(),
  };
  const laws = uploadLaws(databaseUploads(db), {
    admission: admissionTo('end_upload'),
    otherUser: admissionTo('end_upload', { user: { id: 2, username: 'bob' } }),
    otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
    tables: ['phq9', 'gad7'],
    column: 'q1',
    versions: async ({ id }, table) => {
      const rows = await db.query<{
        key: number;
        values: unknown;
        removed: boolean;
        next: number | null;
        finalized_in: number | null;
      }>(
        `select r.key, r.values, r.removed_in is not null as removed, next.id as next, r.finalized_in
         from records r left join records next on next.supersedes = r.id
         where r.device_id = $1 and r.table_name = $2 order by r.id`,
        [id, table],
      );
      return rows.map(({ key, values, removed, next, finalized_in }) => ({
        ...{ key, row: decoded(RowFromJson, values), finalizedIn: fromNullable(finalized_in) },
        state: !removed ? 'current' : next === null ? 'deleted' : 'superseded',
        finalized: finalized_in !== null,
      }));
    },
  });

  it.each(laws)('keeps the law: $name', async ({ check }) => {
    expect(await check()).toEqual({ _tag: 'Right', right: undefined });
  });
});

it('the first user of the README may register a tablet, which is told the policies', async () => {
  const folder = fileURLToPath(new URL('../../.tmp/first-user/', import.meta.url));
  const [, code = ''] = /^Once, add[^]*?^```text\n([^]*?)^```$/m.exec(read('examples/postgres/README.md')) ?? [];
  const users = fileURLToPath(new URL('../../../examples/postgres/users.js', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    `${folder}add.ts`,
    `import { defaultCost, hashPassword } from '${users}';\nexport const add = async (db) => {\n${code}};\n`,
  );
  // What was just written.
  const { add } = (await import(`${folder}add.ts`)) as { readonly add: (db: Database) => Promise<void> };
  const db = await embeddedDatabase();
  await add(db);
  const host = databaseHost(db, { tables: camcopsTables, title: 'Clinic' });
  const handle = handleTabletRequest({ ports: databasePorts(db), handlers: operationHandlers(host) });
  const account = { user: 'nurse', password: 'correct horse battery' };
  const fields = { camcops_version: '2.4.24', device: 'tablet-1', operation: 'register', ...account };
  const { body } = await handle({ method: 'POST', fields })();
  expect(body).toMatch(/^databaseTitle:Clinic\nidPolicyUpload:SEX AND IDNUM1\n[^]*success:1\n/);
  await db.close();
});
