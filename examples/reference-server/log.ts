/** A log of one JSON object per line. Lines that cannot be written are dropped and counted, so that they never end the server. */
import { inspect } from 'node:util';
import type { Writable } from 'node:stream';

export type Log = (entry: Readonly<Record<string, unknown>>) => void;

/** How many bytes may wait to be written. */
const maxWaiting = 1024 * 1024;

/** Writes a cause as text, because JSON writes an error as `{}`. Of an error only the stack: `inspect` would show data of the database. */
const textOf = (cause: unknown): string | undefined => (cause instanceof Error ? cause.stack : inspect(cause));

export const logTo = (stream: Writable): Log => {
  let dropped = 0;
  // The pipe was closed, or the disk is full.
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
