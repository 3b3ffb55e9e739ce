/** HTTP: reading a body, handing it to the package, sending the reply, and one line of log for each. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { handleTabletRequest } from 'camcops-tablet-session';

import type { Database } from './database.js';
import { handlersOf } from './handlers.js';
import { databasePorts } from './ports.js';

const defaults = {
  /** A longer body is refused as it comes in. */
  maxBodyBytes: 16 * 1024 * 1024,
  /** A request that takes longer to come in is given up. */
  requestTimeoutMs: 60_000,
  log: (line: string): unknown => process.stdout.write(`${line}\n`),
};

export type ServerOptions = Readonly<Partial<typeof defaults>> & { readonly db: Database };

const formType = /^application\/x-www-form-urlencoded\s*(;|$)/i;

const problem = (status: number, code: string) => ({ status, body: `${code}\n`, outcome: { result: { code } } });

/** The form in a body; or why there is none. A body that is cut short rejects, and there is nobody left to answer. */
const readBody = async (request: IncomingMessage, maxBytes: number) => {
  const chunks: Buffer[] = [];
  let size = 0;
  // A body that is too long is read to its end all the same: a client that is still sending would not see the answer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  const type = request.headers['content-type'] ?? '';
  if (!formType.test(type)) return problem(415, 'Must be application/x-www-form-urlencoded');
  if (size > maxBytes) return problem(413, `Must be at most ${String(maxBytes)} bytes`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    // URLSearchParams would put replacement characters for what is no UTF-8, and a text of Postgres cannot hold NUL.
    if (!decodeURIComponent(text).includes('\0')) return new URLSearchParams(text);
  } catch {
    // Answered below.
  }
  return problem(400, 'Must be percent-encoded UTF-8 without NUL');
};

/** For JSON, which would write an error as `{}`, and may fail on others. Of a database's error, inspect tells data. */
const textOf = (cause: unknown): string | undefined => (cause instanceof Error ? cause.stack : inspect(cause));

export const referenceServer = (options: ServerOptions): Server => {
  const { db, maxBodyBytes, requestTimeoutMs, log } = { ...defaults, ...options };
  const handle = handleTabletRequest({ ports: databasePorts(db), handlers: handlersOf(db) });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const { method = '' } = request;
    const fields = method === 'POST' ? await readBody(request, maxBodyBytes) : new URLSearchParams();
    const { status, body, outcome } = fields instanceof URLSearchParams ? await handle({ method, fields })() : fields;
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 405 && { allow: 'POST' }),
      // Once the server closes, a connection that is kept alive would hold it up.
      ...(!server.listening && { connection: 'close' }),
    });
    response.end(body);
    const { result, ...summary } = outcome;
    const cause = 'cause' in result ? textOf(result.cause) : undefined;
    const ms = Math.round(performance.now() - started);
    log(JSON.stringify({ at: new Date(), status, ms, ...summary, result: result.code, cause }));
  };

  const times = { requestTimeout: requestTimeoutMs, connectionsCheckingInterval: requestTimeoutMs / 2 };
  const server = createServer(times, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // What has been sent stays sent, even if it could not be logged.
      if (!response.writableEnded) response.destroy();
      log(JSON.stringify({ at: new Date(), result: 'connection lost', cause: textOf(error) }));
    });
  });
  return server;
};
