/** SECURITY.md names a test for each promise, and each test is there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const page = read('SECURITY.md');
/** The rows of all tables, without their heads. */
const rows = page
  .split('\n')
  .filter((line) => /^\| (?!promise|chapter)/.test(line))
  .map((line) => line.split('|').slice(1, -1));
const [promises, chapters] = [rows.filter((row) => row.length === 2), rows.filter((row) => row.length === 4)];

/** Tests in a cell, with the name of one test if it is said; a bare name is one of the reference server's. */
const testsIn = (cell: string) =>
  [...cell.matchAll(/`([\w/-]+(?:\.test|\.test-d|-properties)\.ts)`(?: \("([^"]+)"\))?/g)].map(
    ([, file = '', name = '']) =>
      [file.includes('/') ? file : `tests/examples/reference-server/${file}`, name] as const,
  );

it('each promise has a test', () => {
  expect(promises.length).toBeGreaterThan(10);
  expect(promises.filter(([, tests = '']) => testsIn(tests).length === 0)).toEqual([]);
});

it('each chapter is there, and says of both with what test, or that it does not apply', () => {
  expect(chapters.map(([chapter = '']) => /^ V(\d+) [A-Z]/.exec(chapter)?.[1])).toEqual(
    Array.from({ length: 17 }, (_, at) => String(at + 1)),
  );
  const cells = chapters.flatMap(([, ours = '', ofServer = '']) => [ours, ofServer]);
  expect(cells.filter((cell) => !cell.startsWith(' not applicable') && testsIn(cell).length === 0)).toEqual([]);
});

it('each test is there, and runs', () => {
  const named = rows.flatMap((row) => testsIn(row.join()));
  expect(named.filter(([file]) => !existsSync(new URL(file, root)))).toEqual([]);
  expect(named.filter(([file, name]) => !read(file).includes(name))).toEqual([]);
  const properties = read('tests/proof/properties.ts');
  const helpers = named.flatMap(([file]) => /([\w-]+-properties)\.ts$/.exec(file)?.[1] ?? []);
  expect(helpers.filter((name) => !properties.includes(`./${name}.js`))).toEqual([]);
});
