/** Reads the body of a request, whose size is limited, as is that of all bodies together. */
import type { IncomingMessage } from 'node:http';
import { none } from 'fp-ts/lib/Option.js';
import { encodeReply, refused } from 'camcops-tablet-session';

import { decodeForm, type Form, type FormLimits } from './form.js';
import { fairRoom, inRoom, type Room } from './room.js';

const kilobyte = 1024;
const megabyte = kilobyte * kilobyte;
/** The unit in which large bodies and replies are counted. Smaller ones do not count, because the number of requests is limited too. */
export const small = 64 * kilobyte;

const formType = /^application\/x-www-form-urlencoded\s*(;|$)/i;

const sizeOf = (bytes: number): string =>
  bytes < megabyte ? `${String(bytes)} bytes` : `${(bytes / megabyte).toFixed(1)} MB`;

/** What is sent and logged. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly outcome: { readonly result: { readonly code: string; readonly cause?: unknown } };
}

/** Makes an answer that is this server's own, not the package's. */
export const plain = (status: number, words: string, result: Answer['outcome']['result']): Answer => {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  const retry = status === 503 ? { 'retry-after': '5' } : {};
  return { status, headers: { ...headers, ...retry }, body: `${words}\n`, outcome: { result } };
};

const session = { sessionId: none, sessionToken: none };

/** Makes a refusal in the form of the protocol, with status 200, because with any other status a tablet shows HTTP's own words. */
const refusal = (reason: string, words: string): Answer => ({
  ...encodeReply({ kind: 'refused', error: refused(words, reason), session }),
  outcome: { result: { code: reason } },
});

export const tooBusy = refusal('too-busy', 'The server is too busy: please wait a minute and try again');
const anotherType = plain(415, 'Must be application/x-www-form-urlencoded', { code: 'another-type' });
const badText = refusal(
  'bad-text',
  'What was sent holds a character that cannot be stored (it is not UTF-8): please remove it and upload again',
);
const tooLarge = (size: number, most: number) =>
  refusal(
    'body-too-large',
    `What was sent is ${sizeOf(size)}, and this server takes at most ${sizeOf(most)} at once: please make photographs smaller, or speak to your administrator`,
  );
const tooMuch = refusal(
  'too-much-text',
  'What was sent holds too many answers for one request: please upload again without the one-step upload, or speak to your administrator',
);

/** Reads the chunks of a body, and its size; if that is too large, only the size. */
const readChunks = async (request: IncomingMessage, most: number) => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { chunks, size };
};

/** Returns a function that reads a body and works on its form. Bodies share room, which each keeps until the work on it is done. */
export const bodyReader = (limits: FormLimits & { readonly maxBodyBytes: number }, bytes: Room) => {
  const { maxBodyBytes } = limits;
  /** Each address has one large body worked on at a time, because that keeps others waiting. */
  const largeWork = fairRoom({ total: 2, ofAddress: 1, waitMs: 30_000 });

  return async (request: IncomingMessage, address: string, work: (form: Form) => Promise<Answer>): Promise<Answer> => {
    const { 'content-type': type = '', 'content-length': length = maxBodyBytes } = request.headers;
    const declared = Number(length);
    if (!formType.test(type)) return anotherType;
    if (declared > maxBodyBytes) return tooLarge(declared, maxBodyBytes);
    const read = async () => {
      const { chunks, size } = await readChunks(request, maxBodyBytes);
      if (size > maxBodyBytes) return tooLarge(size, maxBodyBytes);
      const workOn = async () => {
        const form = await decodeForm(Buffer.concat(chunks.splice(0)), limits);
        if (form === 'bad-text') return badText;
        return form === 'too-much-text' ? tooMuch : work(form);
      };
      return size > megabyte ? inRoom(largeWork, { address }, workOn) : workOn();
    };
    // Takes all its room at once, because two bodies that each held half of theirs would deadlock.
    const answer = declared > small ? inRoom(bytes, { address, amount: declared / small }, read) : read();
    return (await answer) ?? tooBusy;
  };
};
