/** The trees of source and tests are alike: every room with code in it has its tests, under the same name. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const namesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.startsWith('.tmp'))
    .map((file) => file.slice(0, -ending.length))
    .sort();

/** Interfaces, public faces, and the refusals, whose words are all tested with `user-error`. */
const isTestedElsewhere = (room: string): boolean =>
  /^(ports|ask-ports|tablet-request-codec|refusals\/(?!table-names).*|operations\/(tables|tablet-host|wire\/value|uploads\/table-change|patients\/patient-details)|(.*\/)?index)$/.test(
    room,
  );
/** What is true of all rooms together. */
const ofAll = /^(architecture|docs|readme|secrets|trees)$|^(examples|mutants|packed|proof|vectors|bench|support)\//;

it('each room has its test file, and each test file its room', () => {
  const rooms = namesIn('../src', '.ts').filter((room) => !isTestedElsewhere(room));
  const tests = namesIn('.', '.test.ts').filter((test) => !ofAll.test(test));
  expect(rooms.length).toBeGreaterThan(0);
  expect(tests).toEqual(rooms);
});
