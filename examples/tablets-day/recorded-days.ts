/** Recorded days of CamCOPS's own client, and a tablet that sends them again. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

import { readReply, type Exchange, type Post } from './tablet.js';

const Day = t.type({
  id: t.string,
  /** What happens. */
  what: t.string,
  steps: t.array(t.type({ operation: t.string, body: t.string })),
});
export type Day = t.TypeOf<typeof Day>;

/** The days by their names. */
export const recordedDays = (): ReadonlyMap<string, Day> => {
  const lines = gunzipSync(readFileSync(new URL('days.jsonl.gz', import.meta.url)))
    .toString('utf8')
    .trim()
    .split('\n');
  return new Map(
    lines.map((line) => {
      const day = Day.decode(JSON.parse(line));
      if (isLeft(day)) throw new Error('days.jsonl.gz is damaged');
      return [day.right.id, day.right];
    }),
  );
};

const remembered = ['session_id', 'session_token', 'user', 'password'];

/** Sends the requests of a day again. Like a client, it repeats the session and the account that earlier replies gave it. */
export const replay = async (post: Post, { steps }: Day): Promise<readonly Exchange[]> => {
  const told = new Map<string, string>();
  const exchanges: Exchange[] = [];
  for (const { body } of steps) {
    const sent = body.replace(/(?<=^|&)(\w+)=[^&]*/g, (pair, name: string) => {
      const value = remembered.includes(name) ? told.get(name) : undefined;
      return value === undefined ? pair : `${name}=${encodeURIComponent(value)}`;
    });
    const reply = await post(sent);
    for (const [name, value] of readReply(reply.body))
      if (remembered.includes(name) && value !== '') told.set(name, value);
    exchanges.push({ fields: new Map(new URLSearchParams(sent)), reply });
  }
  return exchanges;
};
