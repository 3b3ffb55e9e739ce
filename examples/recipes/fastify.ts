/** Fastify 5. */
import { fastify, type FastifyInstance } from 'fastify';
import { handleTabletRequest, type Ports, type TabletOutcome } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost } from 'camcops-tablet-session/operations';

type Log = (outcome: TabletOutcome<unknown>) => void;

export const fastifyApp = (ports: Ports<unknown>, host: TabletHost<unknown>, log: Log): FastifyInstance => {
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const app = fastify({ bodyLimit: 40 * 1024 * 1024, requestTimeout: 300_000 });
  // As text: @fastify/formbody makes an object, in which a repeated field is an array.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, body);
  });
  app.all('/', async (request, response) => {
    const body = typeof request.body === 'string' ? request.body : '';
    if (body.split('&', 200_001).length > 200_000) return response.code(413).send();
    const reply = await handle({ method: request.method, fields: new URLSearchParams(body) })();
    log(reply.outcome);
    return response.code(reply.status).headers(reply.headers).send(reply.body);
  });
  return app;
};
