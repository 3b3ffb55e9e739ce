import { expect, it } from 'vitest';

import { keysToSendAnswer } from '../../../src/operations/answers/keys-to-send.js';
import { readByClient } from '../../support/client-reply.js';

it.each([
  [[], ''],
  [[0], '0'],
  [[3, 1, 9007199254740991], '3,1,9007199254740991'],
])('tells %j as %j', (keys, text) => {
  expect(readByClient(keysToSendAnswer(keys)).get('result')).toBe(text);
});
