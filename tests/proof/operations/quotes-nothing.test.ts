/** No refusal of an operation repeats what was sent: the real client's requests, each word of them replaced in turn. */
import { expect, it } from 'vitest';

import { handleTabletRequest } from '../../../src/index.js';
import { operationHandlers } from '../../../src/operations/index.js';
import { inMemoryHost } from '../../../src/testing/index.js';
import { clientDaysOf } from '../../support/client-days.js';
import { tablesBeside } from '../../support/replay.js';

const file = new URL('../../vectors/client-days/days.jsonl.gz', import.meta.url).pathname;
const steps = clientDaysOf(file).flatMap((day) => day.steps);
/** The first request for each operation that has fields of its own. */
const requests = new Map([...steps].reverse().map(({ operation, body }) => [operation, new URLSearchParams(body)]));

const ofFrontDoor = ['operation', 'device', 'user', 'password', 'session_id', 'session_token', 'camcops_version'];
/** What a refusal must not say: no name has this form. Alone, and as a value more than there should be. */
const sent = 'Zoë of ward 7';
const pieces = [sent, `1,'${sent}'`, `idnum${sent}`];
/** Texts with a word replaced: of a long one, the first and the last. */
const spoiled = (text: string): readonly string[] => {
  const words = [...text.matchAll(/[\w.+:-]+/g)];
  return [...words.slice(0, 40), ...words.slice(40).slice(-10)].flatMap(({ index, 0: word }) =>
    pieces.map((piece) => text.slice(0, index) + piece + text.slice(index + word.length)),
  );
};

it('no refusal repeats what was sent', async () => {
  const users = [{ username: 'nurse', password: 'p&w d+%;é' }];
  const codes = new Map<string, number>();
  for (const [operation, form] of requests) {
    const devices = [{ name: form.get('device') ?? '' }];
    const { ports, host } = inMemoryHost({ users, tables: tablesBeside(file), devices });
    // Without sessions: a request is let in by its password, and the upload is that of the user.
    const { devices: known, users: authenticator } = ports;
    const handlers = operationHandlers(host);
    const handle = handleTabletRequest({ ports: { devices: known, users: authenticator }, handlers });
    const post = (changes: object) => handle({ method: 'POST', fields: { ...Object.fromEntries(form), ...changes } })();
    for (const [name, value] of form) {
      if (ofFrontDoor.includes(name)) continue;
      for (const words of spoiled(value)) {
        await post({ operation: 'start_upload' });
        const { body, outcome } = await post({ [name]: words });
        const { code } = outcome.result;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (code !== 'served') expect(body + JSON.stringify(outcome), `${operation}, ${name}`).not.toMatch(/Zo|ward 7/);
      }
    }
  }
  expect([...codes.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(500);
  expect(codes.size).toBeGreaterThan(10);
});
