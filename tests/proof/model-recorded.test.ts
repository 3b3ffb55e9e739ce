/** The models themselves say what was recorded: so they are proved as well, and not by the package. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as t from 'io-ts';
import { expect, it } from 'vitest';

import { recordedRequests } from '../support/conformance.js';
import { recordedDay } from '../support/day-conformance.js';
import { decoded } from '../support/decoded.js';
import { comparable } from '../support/plain-command.js';
import { recordingsOf } from '../support/recorded-file.js';
import { idNumbersBeside, tablesBeside } from '../support/replay.js';
import { untyped } from '../support/untyped.js';
import { worldFromJson } from '../support/world.js';
import { modelOf, modelOperations, type ModelAnswer } from './model.js';
import { modelCommand } from './operations/command-model.js';
import { modelDay, type ModelVersion } from './operations/day-model.js';

const pathOf = (file: string): string => new URL(`../vectors/${file}`, import.meta.url).pathname;
const worldBeside = (file: string) => ({
  tables: new Map(Object.entries(tablesBeside(pathOf(file)))),
  idNumbers: new Map(Object.entries(idNumbersBeside(pathOf(file))).map(([which, method]) => [Number(which), method])),
});
/** Of a refusal, `null` stands for any words. */
const isSame = (said: string | null | undefined, meant: string | null | undefined): boolean =>
  said === meant || (said !== undefined && meant !== undefined && (said === null || meant === null));

it('the front door: 1,584 requests', () => {
  const { newSession, ...known } = worldFromJson(readFileSync(pathOf('world.json'), 'utf8'));
  const world = { ...known, newSession, storesSessions: true };
  const names = modelOperations.filter((name) => !name.startsWith('check_'));
  const answers = names.map((name): [string, ModelAnswer] => [name, { kind: 'nothing' }]);
  const wrong: unknown[] = [];
  for (const recorded of recordedRequests(pathOf('requests.jsonl.gz'))) {
    const { method, fields, minimumClientVersion: from, expect: meant } = recorded;
    const policy = { supported: [{ from, to: null }], deprecated: [] };
    const { refusal, session, reply } = modelOf({ world, policy, answers }, { method, pairs: fields });
    const compare = (what: string, value: unknown, recordedValue: unknown): void => {
      if (value !== recordedValue) wrong.push([recorded.id, what, value, recordedValue]);
    };
    compare('code', refusal?.code, meant.refused?.code);
    compare('field', refusal?.field ?? undefined, meant.refused?.field);
    compare('status', reply.status, meant.reply.status);
    if (meant.reply.body !== undefined) compare('body', reply.body, meant.reply.body);
    compare('session', session === null, meant.session === undefined);
    const said = new Map<string, unknown>(Object.entries(session ?? {}));
    for (const [name, value] of Object.entries(meant.session ?? {})) {
      // Of a gate, a recording has the words, and the model the code.
      if (name.startsWith('ensure')) compare(name, said.get(name) === null, value === null);
      else if (name !== 'isDeviceRegistered') compare(name, said.get(name), value);
    }
  }
  expect(wrong).toEqual([]);
});

it('operations: 4,241 commands', () => {
  const file = 'operations/commands.jsonl.gz';
  const world = worldBeside(file);
  const Expected = t.union([t.type({ command: t.unknown }), t.type({ refused: t.union([t.string, t.null]) })]);
  const Line = t.type({
    id: t.string,
    operation: t.string,
    clientVersion: t.string,
    fields: t.unknown,
    expect: Expected,
  });
  const wrong: unknown[] = [];
  for (const line of recordingsOf(pathOf(file))) {
    const { id, operation, clientVersion, fields, expect: meant } = decoded(Line, line);
    const said = modelCommand(world, clientVersion, operation, untyped(fields));
    const isRight =
      'refused' in said
        ? isSame(said.refused, 'refused' in meant ? meant.refused : undefined)
        : 'command' in meant && isDeepStrictEqual(comparable(said.command), comparable(meant.command));
    if (!isRight) wrong.push([id, said, meant]);
  }
  expect(wrong).toEqual([]);
});

it('uploads: 455 days', () => {
  const file = 'days/days.jsonl.gz';
  const world = worldBeside(file);
  const textOf = (version: Omit<ModelVersion, 'supersedes' | 'whenLastModified'>, before: string): string => {
    const { device, table, key, values, state, finalized } = version;
    return JSON.stringify([device, table, key, Object.entries(values).sort(), state, finalized, before]);
  };
  const chainOf = (version: ModelVersion | null): string =>
    version === null ? '' : textOf(version, chainOf(version.supersedes));
  const wrong: unknown[] = [];
  for (const { id, steps, after } of recordingsOf(pathOf(file)).map(recordedDay)) {
    // A tablet signs in anew for each upload. A start that is refused starts nothing.
    const sessions = new Map<string, number>();
    const inSession = steps.map((step, at) => {
      const asker = `${step.device} ${step.user}`;
      const isStart = /^(start_upload|upload_entire_database)$/.test(step.operation) && 'result' in step.expect;
      const session = isStart ? at : (sessions.get(asker) ?? at);
      sessions.set(asker, session);
      return { ...step, session };
    });
    const { answers, after: said } = modelDay(world, inSession);
    const wrongStep = answers.findIndex((answer, at) => {
      const meant = steps[at]?.expect ?? { error: '' };
      if ('result' in answer) return !('result' in meant && answer.result === meant.result);
      return !isSame(answer.error, 'error' in meant ? meant.error : undefined);
    });
    const texts: string[] = [];
    for (const version of after) {
      const before = version.supersedes === null ? '' : (texts[version.supersedes] ?? '?');
      texts.push(textOf(untyped(version), before));
    }
    if (wrongStep >= 0) wrong.push([id, wrongStep, answers[wrongStep]]);
    if (!isDeepStrictEqual(said.map(chainOf).sort(), texts.sort())) wrong.push([id, said, after]);
  }
  expect(wrong).toEqual([]);
});
