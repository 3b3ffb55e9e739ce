/**
 * `npm run conformance -- FILE...`: recordings of any file (.jsonl, .jsonl.gz): requests, commands, days, cases from reports, or the rules
 * of patients. Kinds are told apart by a file's first line. What belongs to a file is read from the files beside it. With --server, days
 * and cases are run against the reference server, on an embedded database or on the PostgreSQL server of DATABASE_URL.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isClientDay, runClientDays } from '../support/client-days.js';
import { isRecordedCommand, runRecordedCommands } from '../support/command-conformance.js';
import { runRecordedRequests } from '../support/conformance.js';
import { patientVectorKind, runPatientVectors } from '../support/patient-conformance.js';
import { isRecordedDay, runRecordedDays } from '../support/day-conformance.js';
import { recordingsOf, type Result } from '../support/recorded-file.js';
import { isReportedCase, runReportedCases } from '../support/report-conformance.js';
import { conformanceDatabase, runOnServer } from '../support/server-conformance.js';
import { worldFromJson, type World } from '../support/world.js';

const ownWorld = new URL('world.json', import.meta.url);

/** The world beside the file, or else the one beside this script. */
const worldOf = (file: string): World => {
  const beside = join(dirname(file), 'world.json');
  return worldFromJson(readFileSync(existsSync(beside) ? beside : ownWorld, 'utf8'));
};

const run = (file: string): Promise<Result> => {
  const [first] = recordingsOf(file);
  if (isClientDay(first)) return runClientDays(file);
  if (isReportedCase(first)) return runReportedCases(file);
  if (isRecordedDay(first)) return runRecordedDays(file);
  if (isRecordedCommand(first)) return runRecordedCommands(file);
  return patientVectorKind(first) === undefined ? runRecordedRequests(file, worldOf(file)) : runPatientVectors(file);
};

const onServer = process.argv.includes('--server');
const files = process.argv.slice(2).filter((argument) => argument !== '--server');
if (files.length === 0) {
  console.error('usage: npm run conformance -- [--server] FILE...');
  process.exit(2);
}

const db = onServer ? await conformanceDatabase(process.env['DATABASE_URL']) : undefined;
const results: Result[] = [];
for (const file of files) results.push(await (db === undefined ? run(file) : runOnServer(file, db)));
await db?.close();
const mismatches = results.flatMap((result) => result.mismatches);
for (const kind of new Set(results.map((result) => result.kind))) {
  const ofKind = results.filter((result) => result.kind === kind);
  const count = ofKind.reduce((sum, result) => sum + result.count, 0);
  const differing = ofKind.reduce((sum, result) => sum + result.mismatches.length, 0);
  console.log(`${String(count)} ${kind}, ${String(differing)} mismatches`);
}
for (const line of mismatches.slice(0, 10)) console.log(line);
process.exitCode = mismatches.length === 0 ? 0 : 1;
