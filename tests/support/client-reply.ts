/** A reply as the client reads it. */
import { encodeReply, type Answer } from '../../src/index.js';
import { nothingFound } from './fixtures.js';

/** By key: a line is a key up to the first colon, and white space after the colon is dropped. */
export const readByClient = (answer: Answer): ReadonlyMap<string, string> => {
  const session = { sessionId: nothingFound.session, sessionToken: nothingFound.session };
  const { body } = encodeReply({ kind: 'served', operation: 'register', answer, session });
  return new Map(
    body.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
      const [, key, value] = /^(\S+?):\s*(.*)/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
};
