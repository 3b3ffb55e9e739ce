/** Sends replies. Large ones share a limited room, and each has a deadline. */
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { isLeft, left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { fault, type Fault } from 'camcops-tablet-session';

import type { Database } from '../postgres/database.js';
import { small, tooBusy, type Answer } from './body.js';
import { currentClient } from './client.js';
import type { Log } from './log.js';
import { fairRoom, type Room } from './room.js';

/** Returns a sender of replies. It gives up a reply that is not taken by its deadline, and logs that. */
export const replySender =
  (bytes: Room, deadlineMs: number, log: Log) =>
  async (response: ServerResponse, address: string, reply: Answer): Promise<void> => {
    const { length } = reply.body;
    const leave = length > small ? await bytes({ address, amount: length / small }) : () => undefined;
    const { status, headers, body } = leave === undefined ? tooBusy : reply;
    const deadline = setTimeout(() => {
      log({ address, result: 'the reply was not taken' });
      response.destroy();
    }, deadlineMs);
    // Runs also if the response has already closed because its client left.
    finished(response, () => {
      clearTimeout(deadline);
      leave?.();
    });
    const all = { ...headers, 'content-length': Buffer.byteLength(body) };
    if (!response.destroyed) response.writeHead(status, all).end(body);
  };

/** Returns a handler that makes an answer only once per state of the table of extra strings, because it is the same for all tablets. */
export const sharedStrings = <Asking extends readonly unknown[], E, A>(
  db: Database,
  handler: (...asking: Asking) => TaskEither<E, A>,
) => {
  let [state, answer]: [string, Promise<Either<E, A>> | undefined] = ['', undefined];
  // One reply at a time, because each takes some milliseconds to write; other requests have a turn in between.
  const turns = fairRoom({ total: 1, ofAddress: 1, waitMs: 30_000 });
  return (...asking: Asking): TaskEither<E | Fault<unknown>, A> =>
    async () => {
      const leave = await turns({ address: currentClient().address });
      try {
        // `xmin` is the transaction that last changed a row.
        const sql = `select concat(count(*), ' ', sum(xmin::text::bigint)) as now from extra_strings`;
        const [{ now } = { now: '' }] = await db.query<{ now: string }>(sql);
        if (answer === undefined || state !== now) [state, answer] = [now, handler(...asking)()];
        const told = await answer;
        if (isLeft(told)) answer = undefined;
        return told;
      } catch (cause) {
        return left(fault(cause));
      } finally {
        if (leave !== undefined) setImmediate(leave);
      }
    };
};
