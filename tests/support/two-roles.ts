/** The two roles of docs/running.md, as the page's own SQL makes them. */
import { readFileSync } from 'node:fs';
import pg from 'pg';

const names = ['camcops_owner', 'camcops_server', 'camcops'] as const;

/** For each name of the page another, so that tests run beside each other. */
export type RoleNames = Readonly<Record<(typeof names)[number], string>>;

export const namesOnPage: RoleNames = {
  camcops_owner: 'camcops_owner',
  camcops_server: 'camcops_server',
  camcops: 'camcops',
};

const page = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');
const section = /^## Two roles\n([^]*?)^## /m.exec(page)?.[1] ?? '';
const sql = [...section.matchAll(/^```sql\n([^]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.split(/^\\connect .*$/m),
);

/** The page's SQL in three parts: before the database, in it, and after the tables. */
export const roleSql = (own: RoleNames) => {
  const renamed = sql.map((part) =>
    part.replaceAll(/\bcamcops(_\w+)?\b/g, (word) => own[names.find((name) => name === word) ?? 'camcops']),
  );
  const [before = '', within = '', after = ''] = renamed;
  return { before, within, after };
};

/** Each statement by itself: a database is not created in a transaction. */
export const runAt = async (url: string, statements: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements.split(/;\s*$/m)) await client.query(statement);
  } finally {
    await client.end();
  }
};

/** The URL of the database, for one of its roles or for the user of another URL on the same server. */
export const urlAt = (server: string, database: string, user?: string): string => {
  const url = Object.assign(new URL(server), { pathname: database });
  if (user !== undefined) url.username = user;
  return url.href;
};
