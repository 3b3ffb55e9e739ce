/** Sending replies: large ones have room of their own, what many are told is encoded once, and all must be taken in time. */
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

/** Gives a sender of replies. One that is not taken by its deadline is given up; `late` is told. */
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
    // What comes after tells of the session.
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

/** Makes the same answer for all, such as that of extra strings, only once for each state of the table. */
export const sharedStrings = <Asking extends readonly unknown[], E, A>(
  db: Database,
  handler: (...asking: Asking) => TaskEither<E, A>,
) => {
  let [state, answer]: [string, Promise<Either<E, A>> | undefined] = ['', undefined];
  // To write it out for a tablet takes some milliseconds: others have a turn between two of them.
  const turns = fairRoom({ total: 1, ofAddress: 1, waitMs: 30_000 });
  return (...asking: Asking): TaskEither<E | Fault<unknown>, A> =>
    async () => {
      const leave = await turns({ address: currentClient().address });
      try {
        // Each change of a row leaves another number of its transaction.
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
