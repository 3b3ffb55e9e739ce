/** Fastify 5. */
import { fastify, type FastifyInstance } from 'fastify';
import type { TabletForm, TabletOutcome, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;
type Log = (outcome: TabletOutcome<unknown>) => void;

export const fastifyApp = (handle: Handle, log: Log): FastifyInstance => {
  const app = fastify({ bodyLimit: 16 * 1024 * 1024, requestTimeout: 60_000 });
  // Pairs, not the object that @fastify/formbody makes, in which a field that was sent twice is one array.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, new URLSearchParams(body.toString()));
  });
  app.all('/', async (request, response) => {
    const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const reply = await handle({ method: request.method, fields })();
    log(reply.outcome);
    return response.code(reply.status).headers(reply.headers).send(reply.body);
  });
  return app;
};
