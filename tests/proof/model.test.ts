/** The front door and its model agree on every generated form, and these have met every rule of the model. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { firstDifference } from './compare.js';
import { corpus, failureOfLine } from './corpus.js';
import { formComparison } from './model-comparison.js';
import type { ModelForm, ModelServer } from './model.js';
import { packageOf, type Visible } from './package-result.js';
import { counted, floorsOf, shortOf } from './rules.js';
import { seed } from './seed.js';

it.each(corpus.map((line) => [line.kind, line.broken, line] as const))('corpus, %s: %s', async (_, __, line) => {
  expect(await failureOfLine(line)).toBeUndefined();
});

it.each<readonly [string, (result: Visible) => Visible]>([
  ['does not log a wrong password', (result) => ({ ...result, outcome: { ...result.outcome, signIn: 'none' } })],
  ['tells a token', (result) => ({ ...result, outcome: Object.assign({ token: 'tok' }, result.outcome) })],
  ['calls a handler too often', (result) => ({ ...result, handlerCalls: result.handlerCalls * 2 })],
  ['does not refuse', (result) => ({ ...result, admissionRefusal: null })],
  ['words a reply in another way', (result) => ({ ...result, reply: { ...result.reply, body: '' } })],
])('a package that %s is found to differ', async (_, spoil) => {
  const spoilt = (server: ModelServer) => async (form: ModelForm) => spoil(await packageOf(server)(form));
  expect(await firstDifference(formComparison(spoilt), seed, 10_000)).toBeDefined();
});

it('every code of docs/refusals.md is to be met by the front door or an operation', () => {
  const page = readFileSync(new URL('../../docs/refusals.md', import.meta.url), 'utf8');
  const codes = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code]) => code);
  const rules = Object.values(counted).flatMap((kind) => [...floorsOf(kind).keys()]);
  const met = new Set(rules.map((rule) => rule.replace(/^refused: /, '').replace(/[: ].*/, '')));
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.filter((code) => !met.has(code ?? ''))).toEqual([]);
});

it(`${String(counted.forms.count)} forms meet each rule often enough (FUZZ_SEED=${String(seed)})`, async () => {
  expect(await shortOf(counted.forms, seed)).toEqual([]);
}, 120_000);
