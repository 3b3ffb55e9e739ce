/** The HTTP server: reads a body, passes it to the package, sends the reply, and logs one line per request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { finished as whenFinished } from 'node:stream';
import { finished } from 'node:stream/promises';

import type { Database } from '../postgres/database.js';
import { small, tooBusy, bodyReader, type Answer } from './body.js';
import { asClient } from './client.js';
import { boundConnections } from './connections.js';
import { healthOf } from './health.js';
import { logTo, type Log } from './log.js';
import { replySender } from './replies.js';
import { fairRoom } from './room.js';
import { tabletDefaults, tabletHandler } from './tablets.js';

const megabyte = 1024 * 1024;

const defaults = {
  ...tabletDefaults,

  /** Of one body. A photograph of 20 MB makes a body of 29 MB. */
  maxBodyBytes: 40 * megabyte,
  maxFields: 30_000,
  maxMarks: 1_000_000,
  maxTextBytes: 8 * megabyte,
  /** Of all bodies and large replies together. One address may have three quarters of it. */
  maxBytesInFlight: 160 * megabyte,
  maxConnections: 1_000,
  maxConnectionsOfAddress: 500,
  maxRequests: 256,
  maxRequestsOfAddress: 64,
  /** How long a request waits for room before it is told that the server is too busy. */
  waitMs: 30_000,
  /** How long a request may take to come in. */
  requestTimeoutMs: 120_000,
  /** How long a client may take to read its reply. */
  replyTimeoutMs: 120_000,
  /** How long nothing may move on a connection, while the database does not work for it. */
  idleTimeoutMs: 60_000,
  /** Longer than a proxy keeps connections, which would otherwise send a request on one that is just being closed. */
  keepAliveTimeoutMs: 75_000,
  /** Whether a proxy before this server adds the client's address to `x-forwarded-for`. */
  trustProxy: false,
};

export interface ServerOptions extends Readonly<Partial<typeof defaults>> {
  readonly db: Database;
  readonly log?: Log;
}

/** What is logged of a result. Its message is not, because a host may have written it for the user alone. */
type Logged = Answer['outcome']['result'] & Readonly<{ reason?: unknown; where?: unknown }>;

/** Returns the client's address: the last one that a trusted proxy added, or else the connection's. */
const addressOf = ({ headers, socket }: IncomingMessage, trustProxy: boolean): string => {
  const forwarded = trustProxy ? String(headers['x-forwarded-for'] ?? '').replace(/^.*,/, '') : '';
  return forwarded.trim() || (socket.remoteAddress ?? 'unknown');
};

export const referenceServer = (options: ServerOptions): Server => {
  const { db, log = logTo(process.stdout), ...settings } = { ...defaults, ...options };
  const { requestTimeoutMs, idleTimeoutMs, waitMs } = settings;
  const handle = tabletHandler(db, settings);
  const requests = fairRoom({ total: settings.maxRequests, ofAddress: settings.maxRequestsOfAddress, waitMs });
  const total = settings.maxBytesInFlight / small;
  const bytes = fairRoom({ total, ofAddress: total * 0.75, waitMs });
  const withBody = bodyReader(settings, bytes);
  const send = replySender(bytes, settings.replyTimeoutMs, log);

  const health = healthOf(db);

  const answer = async (request: IncomingMessage, address: string, signal: AbortSignal): Promise<Answer> => {
    const { method = '', url } = request;
    if (method === 'GET' && url === '/health') return health();
    if (method !== 'POST') return handle({ method, fields: [] })();
    return withBody(request, address, async (fields) => {
      const device = fields.find(([name]) => name === 'device')?.[1] ?? '';
      // Nothing moves while the database works, which takes minutes at the end of an upload of photographs.
      request.socket.setTimeout(0);
      const reply = await asClient({ address, signal, device }, handle({ method, fields }));
      request.socket.setTimeout(idleTimeoutMs);
      return reply;
    });
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const address = addressOf(request, settings.trustProxy);
    const hungUp = new AbortController();
    response.on('close', hungUp.abort.bind(hungUp));
    const leave = await requests({ address });
    let entry: Parameters<Log>[0];
    try {
      const reply = leave === undefined ? tooBusy : await answer(request, address, hungUp.signal);
      // A client that is still sending would not see its reply.
      if (!request.complete) await finished(request.resume(), { writable: false });
      // A connection that is kept alive would hold up a server that is closing.
      if (!server.listening) response.setHeader('connection', 'close');
      await send(response, address, reply);
      const { result, ...summary } = reply.outcome;
      const { code, cause, reason, where }: Logged = result;
      entry = { status: reply.status, ...summary, result: code, reason, where, cause };
    } catch (cause) {
      // Mostly a body that was cut short: its client is gone.
      response.destroy();
      entry = { result: 'failed', cause };
    }
    if (leave !== undefined) whenFinished(response, leave);
    log({ address, ms: Math.round(performance.now() - started), ...entry });
  };

  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(20_000, requestTimeoutMs),
      keepAliveTimeout: settings.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(10_000, requestTimeoutMs / 2),
    },
    (request, response) => {
      // If the log fails, only its line is lost.
      if (mayBegin(request, response)) void serve(request, response).catch(() => undefined);
    },
  );
  // All connections of a proxy come from its own address.
  const maxOfAddress = settings.trustProxy ? Infinity : settings.maxConnectionsOfAddress;
  const mayBegin = boundConnections(server, settings.maxConnections, maxOfAddress);
  server.setTimeout(idleTimeoutMs, (socket) => {
    if (socket.writableLength > 0) log({ address: socket.remoteAddress, result: 'the reply was not taken' });
    socket.destroy();
  });
  server.on('clientError', (error: Error & { readonly code?: string }, socket) => {
    log({ result: `malformed HTTP: ${error.code ?? error.name}` });
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
  });
  return server;
};
