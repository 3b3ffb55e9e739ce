/** The code by hand does what the package does, or a ratio to it would say nothing. */
import { isLeft } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';

import { openTabletSession, parseTabletRequest, versionPolicy, type LookedUp } from 'camcops-tablet-session';
import { recordedRequests, type RecordedRequest } from '../support/conformance.js';
import { rightOf } from '../support/decoded.js';
import { nothingFound } from '../support/fixtures.js';
import { textOfFile } from '../support/recorded-file.js';
import { portsOf, worldFromJson } from '../support/world.js';
import { handWritten } from './rivals/hand-written.js';
import { ours } from './rivals/ours.js';
import type { Open, Opened, Refusal } from './rivals/rival.js';
import { parseVersion, type Version } from './rivals/version.js';

const world = worldFromJson(textOfFile(new URL('../vectors/world.json', import.meta.url)));
const requests = recordedRequests(new URL('../vectors/requests.jsonl.gz', import.meta.url));

const minimumOf = ({ minimumClientVersion }: RecordedRequest): Version => {
  const version = parseVersion(minimumClientVersion);
  if (version === undefined) throw new TypeError(`not a version: ${minimumClientVersion}`);
  return version;
};
const policyOf = ({ minimumClientVersion }: RecordedRequest) =>
  rightOf(versionPolicy({ supported: `>=${minimumClientVersion}` }));

/** What the ports answer to a request, for a rival that looks nothing up itself. */
const foundFor = async (recorded: RecordedRequest): Promise<LookedUp> => {
  const request = parseTabletRequest(policyOf(recorded))(recorded);
  if (isLeft(request)) return nothingFound;
  const { device, user, sessionId, sessionToken } = rightOf(
    await openTabletSession(portsOf(world).ports)(request.right)(),
  );
  const isKnown = isSome(sessionId) && isSome(sessionToken);
  return { device, user, session: isKnown ? some({ id: sessionId.value, token: sessionToken.value }) : none };
};

/** With its secrets in clear, so that they are compared too. */
const inClear = (answer: Opened | Refusal) => {
  if ('code' in answer) return answer;
  const { request, session } = answer;
  const secrets = [request.password, request.sessionToken, session.sessionToken];
  return { ...answer, secrets: secrets.map((held) => held._tag === 'Some' && held.value.reveal()) };
};

const found = await Promise.all(requests.map(foundFor));

const answersOf = (open: (recorded: RecordedRequest) => Open) =>
  requests.map((recorded, index) => open(recorded)(recorded, found[index] ?? nothingFound));

const expected = answersOf((recorded) => ours(policyOf(recorded)));

it('the package opens as recorded here too', () => {
  expect(expected.map((answer) => ('code' in answer ? answer.code : 'opened'))).toEqual(
    requests.map(({ expect: { refused } }) => refused?.code ?? 'opened'),
  );
});

it('by hand: the same refusals, sessions and predicates', () => {
  const answers = answersOf((recorded) => handWritten(minimumOf(recorded)));
  expect(answers.map(inClear)).toEqual(expected.map(inClear));
});
