/**
 * Plain node:http: `createServer(nodeTablets(server, log, others))`, where `others` is any listener, and answers all other paths.
 * This limits bodies to 40 MB and 30,000 fields. TLS and limits of requests and connections are a proxy's job: see docs/running.md.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  handleTabletRequest,
  type Device,
  type TabletOutcome,
  type TabletServer,
  type User,
} from 'camcops-tablet-session';

export const nodeTablets = <E, D extends Device, U extends User>(
  server: TabletServer<E, URLSearchParams, D, U>,
  log: (outcome: TabletOutcome<E>) => void,
  others: RequestListener,
): RequestListener => {
  const handle = handleTabletRequest(server);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    let body = '';
    for await (const text of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      body += String(text);
      if (body.length > 40 * 1024 * 1024) return response.writeHead(413, { connection: 'close' }).end();
    }
    if (body.split('&', 30_001).length > 30_000) return response.writeHead(413).end();
    const { outcome, ...reply } = await handle({ method: request.method ?? '', fields: new URLSearchParams(body) })();
    log(outcome);
    return response.writeHead(reply.status, reply.headers).end(reply.body);
  };
  return (request, response) => {
    if (request.url?.split('?', 1)[0] !== '/camcops/database') others(request, response);
    // A client that hangs up in the middle of its body gets no answer.
    else void answer(request, response).catch((error: unknown) => (console.error(error), response.destroy()));
  };
};
