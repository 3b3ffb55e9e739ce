/** `docs/architecture.md` names the rooms that there are, and imports make no circle. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';

const src = new URL('../src/', import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

it.each([
  ['', '| room |'],
  ['operations/', '| room of `operations/` |'],
])('the page has each room of src/%s once, and no other', (folder, head) => {
  const page = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
  const [table = ''] = page.slice(page.indexOf(head)).split('\n\n');
  const rows = table.slice(head.length).matchAll(/^\| (`[^|]+) \|/gm);
  const named = [...rows].flatMap(([, names = '']) => [...names.matchAll(/`([\w/-]+)`/g)].map(([, name = '']) => name));
  const rooms = readdirSync(new URL(folder, src), { withFileTypes: true })
    .filter(({ name }) => name !== 'tsconfig.json')
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name.replace(/\.ts$/, '')));
  expect(named.sort()).toEqual(rooms.sort());
});

it('imports make no circle', () => {
  const importsOf = new Map(
    files.map((file) => {
      const imports = readFileSync(new URL(file, src), 'utf8').matchAll(/from '(\.[^']+)\.js'/g);
      return [file, [...imports].map(([, path = '']) => `${posix.join(posix.dirname(file), path)}.ts`)];
    }),
  );
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    expect(path, `${[...path, file].join(' -> ')} is a circle`).not.toContain(file);
    if (finished.has(file)) return;
    for (const imported of importsOf.get(file) ?? []) visit(imported, [...path, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
  expect(finished.size).toBe(files.length);
});
