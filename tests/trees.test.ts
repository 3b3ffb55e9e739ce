/** The trees of source and tests are alike: every room with code in it has its tests, under the same name. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const namesIn = (folder: string, ending: string): readonly string[] =>
  ['', 'testing/']
    .flatMap((room) => readdirSync(new URL(`${folder}/${room}`, import.meta.url)).map((file) => room + file))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

const withoutCode = ['ports'];
/** What is true of all rooms together. */
const ofAll = ['docs', 'readme', 'secrets', 'trees'];

it('each room has its test file, and each test file its room', () => {
  const rooms = namesIn('../src', '.ts').filter((room) => !withoutCode.includes(room));
  const tests = namesIn('.', '.test.ts').filter((test) => !ofAll.includes(test));
  expect(rooms.length).toBeGreaterThan(0);
  expect(tests).toEqual(rooms);
});
