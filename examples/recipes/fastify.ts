/** Fastify 5. */
import { fastify, type FastifyInstance } from 'fastify';
import type { TabletForm, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;

export const fastifyApp = (handle: Handle, log: (line: string) => void): FastifyInstance => {
  const app = fastify({ bodyLimit: 16 * 1024 * 1024 });
  // Pairs, not the object that @fastify/formbody makes, in which a field that was sent twice is one array.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, new URLSearchParams(body.toString()));
  });
  app.all('/', async (request, response) => {
    const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const reply = await handle({ method: request.method, fields })();
    log(JSON.stringify(reply.outcome));
    return response.code(reply.status).type('text/plain; charset=utf-8').send(reply.body);
  });
  return app;
};
