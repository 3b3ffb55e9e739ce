/** Reading the body of a request: bounded in bytes, in fields, and together with all other bodies. */
import type { IncomingMessage } from 'node:http';

export interface BodyLimits {
  /** Of one body. A photograph of 20 MB makes 29 MB. */
  readonly maxBodyBytes: number;
  readonly maxFields: number;
  /** Of all bodies that are being read or worked on; one address may have half of it. */
  readonly maxBytesInFlight: number;
}

export interface Refusal {
  readonly status: 400 | 413 | 415 | 503;
  readonly words: string;
}

const formType = /^application\/x-www-form-urlencoded\s*(;|$)/i;
const ampersand = 0x26;

/** Fields are counted in the raw bytes, chunk by chunk: to parse millions of them would hold up everyone else. */
const countIn = (chunk: Buffer, byte: number): number => {
  let count = 0;
  for (let at = chunk.indexOf(byte); at >= 0; at = chunk.indexOf(byte, at + 1)) count += 1;
  return count;
};

/** The form in a body. URLSearchParams would put replacement characters for what is no UTF-8; a text of PostgreSQL cannot hold NUL. */
const formOf = (body: Buffer): URLSearchParams | Refusal => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (!decodeURIComponent(text).includes('\0')) return new URLSearchParams(text);
  } catch {
    // Answered below.
  }
  return { status: 400, words: 'Must be percent-encoded UTF-8 without NUL' };
};

/** Gives a reader of bodies that share a budget: a body is in flight until the work on it is done. */
export const bodyReader = ({ maxBodyBytes, maxFields, maxBytesInFlight }: BodyLimits) => {
  let inFlight = 0;
  const ofAddress = new Map<string, number>();

  return async <A>(
    request: IncomingMessage,
    address: string,
    work: (form: URLSearchParams | Refusal) => Promise<A>,
  ): Promise<A> => {
    const chunks: Buffer[] = [];
    let [size, held, fields] = [0, 0, 1];
    const hold = (bytes: number): void => {
      held += bytes;
      inFlight += bytes;
      const now = (ofAddress.get(address) ?? 0) + bytes;
      if (now > 0) ofAddress.set(address, now);
      else ofAddress.delete(address);
    };
    const refusalOf = (): Refusal | undefined => {
      if (size > maxBodyBytes) return { status: 413, words: `Must be at most ${String(maxBodyBytes)} bytes` };
      if (fields > maxFields) return { status: 413, words: `Must have at most ${String(maxFields)} fields` };
      const hasRoom = inFlight <= maxBytesInFlight && (ofAddress.get(address) ?? 0) <= maxBytesInFlight / 2;
      return hasRoom ? undefined : { status: 503, words: 'Too busy: please try again' };
    };
    let refusal: Refusal | undefined = formType.test(request.headers['content-type'] ?? '')
      ? undefined
      : { status: 415, words: 'Must be application/x-www-form-urlencoded' };
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        // A body that is refused is read to its end all the same: a client that is still sending would not see the answer.
        if (refusal !== undefined) continue;
        size += chunk.length;
        fields += countIn(chunk, ampersand);
        hold(chunk.length);
        chunks.push(chunk);
        refusal = refusalOf();
        if (refusal === undefined) continue;
        chunks.length = 0;
        hold(-held);
      }
      return await work(refusal ?? formOf(Buffer.concat(chunks)));
    } finally {
      hold(-held);
    }
  };
};
