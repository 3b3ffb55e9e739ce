/** What CamCOPS's own server and client said of policies, access keys and ID numbers is what the package says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

import { patientVectorKind, runPatientVectors } from '../../support/patient-conformance.js';
import { linesOf } from '../../support/recorded-file.js';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

it.each([
  ['policies', 'policies', 3652],
  ['access-keys', 'access keys', 1435],
  ['id-numbers', 'ID numbers', 756],
  ['policies-client', 'policies', 3652],
])('%s are as recorded', async (name, kind, count) => {
  expect(await runPatientVectors(fileOf(`${name}.jsonl.gz`))).toEqual({ count, kind, mismatches: [] });
});

describe('a mistaken recording', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patients-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const first = (name: string, find: RegExp): string =>
    linesOf(fileOf(`${name}.jsonl.gz`)).find((line) => find.test(line)) ?? '';
  const run = async (name: string, line: string, client?: string) => {
    writeFileSync(join(folder, `${name}.jsonl`), `${line}\n`);
    if (client !== undefined) writeFileSync(join(folder, `${name}-client.jsonl`), `${client}\n`);
    return (await runPatientVectors(join(folder, `${name}.jsonl`))).mismatches.length;
  };

  const policy = first('policies', /pol-00020/);
  const policyClient = first('policies-client', /pol-00020/);
  const key = first('access-keys', /key-00007/);
  const keyClient = first('access-keys-client', /key-00007/);
  const number = '{"id": "n", "method": "uk_nhs_number", "value": 9434765919, "valid": true}';

  it.each([
    ['policies', policy, policyClient, 0],
    ['policies', policy.replace('"satisfies": true', '"satisfies": false'), policyClient, 1],
    ['policies', policy.replace('"valid": true', '"valid": false'), policyClient, 1],
    ['policies', policy, policyClient.replace('"pretty": "sex', '"pretty": "dob'), 1],
    ['access-keys', key, keyClient, 0],
    ['access-keys', key.replace('1ad1"', '1ad2"'), keyClient, 0],
    ['access-keys', key.replace('0ad1"', '0ad2"'), keyClient, 1],
    ['access-keys', key, keyClient.replace(/"id": "[^"]*"/, '"id": "other"'), 1],
    ['id-numbers', number, undefined, 0],
    ['id-numbers', number.replace('true', 'false'), undefined, 1],
    ['id-numbers', number.replace('9434765919', '94347659190000000000'), undefined, 1],
  ])('of %s is found (%#)', async (name, line, client, mismatches) => {
    expect(await run(name, line, client)).toBe(mismatches);
  });

  it('that is of none of these kinds is no file of patients', async () => {
    writeFileSync(join(folder, 'other.jsonl'), '{"operation":"register"}\n');
    await expect(runPatientVectors(join(folder, 'other.jsonl'))).rejects.toThrow('holds no policies');
    expect([[], null, { operation: 'register' }, { method: 'POST' }].map(patientVectorKind)).toEqual(
      Array.from({ length: 4 }),
    );
  });
});
