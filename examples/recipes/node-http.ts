/** Plain node:http. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { handleTabletRequest, type Ports, type TabletOutcome } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost } from 'camcops-tablet-session/operations';

type Log = (outcome: TabletOutcome<unknown>) => void;

export const nodeServer = (ports: Ports<unknown>, host: TabletHost<unknown>, log: Log): Server => {
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    let body = '';
    for await (const text of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      body += String(text);
      if (body.length > 40 * 1024 * 1024) return response.writeHead(413, { connection: 'close' }).end();
    }
    if (body.split('&', 200_001).length > 200_000) return response.writeHead(413).end();
    const reply = await handle({ method: request.method ?? '', fields: new URLSearchParams(body) })();
    log(reply.outcome);
    return response.writeHead(reply.status, reply.headers).end(reply.body);
  };
  // A client that goes away in the middle of its body is owed no answer.
  return createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
};
