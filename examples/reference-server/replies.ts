/** Sends replies. Large ones share a limited room, those that are alike are encoded once, and each has a deadline. */
import type { ServerResponse } from 'node:http';
import { isLeft, left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { fault, type Fault } from 'camcops-tablet-session';

import type { Database } from '../postgres/database.js';
import { small, tooBusy } from './body.js';
import { currentClient } from './client.js';
import { fairRoom, type Room } from './room.js';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns a sender of replies. It gives up a reply that is not taken by its deadline, and calls `late`. */
export const replySender = (room: Room, deadlineMs: number) => {
  let [shared, encoded] = ['', Buffer.alloc(0)];

  return async (response: ServerResponse, address: string, reply: Reply, late: () => void): Promise<void> => {
    const isSmall = reply.body.length <= small;
    const leave = isSmall ? () => undefined : await room({ address, amount: reply.body.length });
    if (response.destroyed) {
      leave?.();
      return;
    }
    const { status, headers, body } = leave === undefined ? tooBusy : reply;
    const deadline = setTimeout(() => {
      late();
      response.destroy();
    }, deadlineMs);
    response.once('close', () => {
      clearTimeout(deadline);
      leave?.();
    });
    // The session follows, which is different for each tablet.
    const end = isSmall ? 0 : body.lastIndexOf('success:1\n');
    const [first, rest] = [body.slice(0, Math.max(end, 0)), Buffer.from(body.slice(Math.max(end, 0)))];
    if (first !== '' && first !== shared) [shared, encoded] = [first, Buffer.from(first)];
    const parts = first === '' ? [rest] : [encoded, rest];
    const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    response.writeHead(status, { ...headers, 'content-length': length });
    for (const part of parts) response.write(part);
    response.end();
  };
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
