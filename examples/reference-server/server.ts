/** HTTP: reading a body, handing it to the package, sending the reply, and one line of log for each. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { handleTabletRequest, type TabletOutcome } from 'camcops-tablet-session';

import type { Database } from './database.js';
import { handlersOf } from './handlers.js';
import { databasePorts, type Limits } from './ports.js';

export interface ServerOptions {
  readonly db: Database;
  readonly limits?: Limits;
  /** A longer body is refused as it comes in. */
  readonly maxBodyBytes?: number;
  /** A request that takes longer to come in is given up. */
  readonly requestTimeoutMs?: number;
  readonly log?: (line: string) => void;
}

type Body = { readonly form: URLSearchParams } | { readonly status: 400 | 413 | 415; readonly problem: string };

const formType = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/** The form in a body; or why there is none. A body that is cut short rejects, and there is nobody left to answer. */
const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Body> => {
  const chunks: Buffer[] = [];
  let size = 0;
  // A body that is too long is read to its end all the same: a client that is still sending would not see the answer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (!formType.test(request.headers['content-type'] ?? '')) {
    return { status: 415, problem: 'Must be application/x-www-form-urlencoded' };
  }
  if (size > maxBytes) return { status: 413, problem: `Must be at most ${String(maxBytes)} bytes` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    // URLSearchParams would put replacement characters for what is no UTF-8, and they would be stored.
    decodeURIComponent(text);
    return { form: new URLSearchParams(text) };
  } catch {
    return { status: 400, problem: 'Must be percent-encoded UTF-8' };
  }
};

const told = ({ result, ...request }: TabletOutcome<Error>): object =>
  result.code === 'fault'
    ? { ...request, result: 'fault', cause: String(result.cause) }
    : { ...request, result: result.code };

export const referenceServer = ({
  db,
  limits,
  maxBodyBytes = 16 * 1024 * 1024,
  requestTimeoutMs = 60_000,
  log = console.log,
}: ServerOptions): Server => {
  const handle = handleTabletRequest({ ports: databasePorts(db, limits), handlers: handlersOf(db) });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const send = (status: number, body: string, entry: object): void => {
      response.writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        ...(status === 405 && { allow: 'POST' }),
      });
      response.end(body);
      const ms = Math.round(performance.now() - started);
      log(JSON.stringify({ at: new Date().toISOString(), status, ms, ...entry }));
    };

    const { method = '' } = request;
    const body = method === 'POST' ? await readBody(request, maxBodyBytes) : { form: new URLSearchParams() };
    if ('problem' in body) {
      send(body.status, `${body.problem}\n`, { result: body.problem });
      return;
    }
    const reply = await handle({ method, fields: body.form })();
    send(reply.status, reply.body, told(reply.outcome));
  };

  const times = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(requestTimeoutMs, 10_000),
  };
  return createServer(times, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log(JSON.stringify({ at: new Date().toISOString(), result: 'connection lost', cause: String(error) }));
      response.destroy();
    });
  });
};
