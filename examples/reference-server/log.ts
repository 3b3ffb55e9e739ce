/** A log of one JSON object a line, which never ends the server: lines that cannot be written are dropped, and counted. */
import { inspect } from 'node:util';
import type { Writable } from 'node:stream';

export type Log = (entry: Readonly<Record<string, unknown>>) => void;

/** No more than this waits to be written. */
const maxWaiting = 1024 * 1024;

/** For JSON, which would write an error as `{}`, and may fail on others. Of a database's error, inspect tells data. */
const textOf = (cause: unknown): string | undefined => (cause instanceof Error ? cause.stack : inspect(cause));

export const logTo = (stream: Writable): Log => {
  let dropped = 0;
  // A closed pipe, or a full disk.
  stream.on('error', () => undefined);
  return ({ cause, ...entry }) => {
    if (stream.destroyed || stream.writableLength > maxWaiting) {
      dropped += 1;
      return;
    }
    const about = { ...(cause !== undefined && { cause: textOf(cause) }), ...(dropped > 0 && { dropped }) };
    dropped = 0;
    stream.write(`${JSON.stringify({ at: new Date(), ...entry, ...about })}\n`, (error) => {
      if (error) dropped += 1;
    });
  };
};
