/**
 * Fastify 5: `app.register(fastifyTablets(server, log))`, also beside @fastify/formbody. The app's `requestTimeout` bounds slow bodies.
 * This limits bodies to 40 MB and 30,000 fields. TLS and limits of requests and connections are a proxy's job: see docs/running.md.
 */
import type { FastifyPluginCallback } from 'fastify';
import {
  handleTabletRequest,
  type Device,
  type TabletOutcome,
  type TabletServer,
  type User,
} from 'camcops-tablet-session';

export const fastifyTablets = <E, D extends Device, U extends User>(
  server: TabletServer<E, URLSearchParams, D, U>,
  log: (outcome: TabletOutcome<E>) => void,
): FastifyPluginCallback => {
  const handle = handleTabletRequest(server);
  const form = 'application/x-www-form-urlencoded';
  return (app, _options, ready) => {
    // A parser for this plugin only. It keeps the text, because @fastify/formbody would make a repeated field an array.
    app.removeContentTypeParser(form);
    app.addContentTypeParser(form, { parseAs: 'string', bodyLimit: 40 * 1024 * 1024 }, (_request, body, done) => {
      done(null, body);
    });
    app.all('/camcops/database', async (request, response) => {
      const body = typeof request.body === 'string' ? request.body : '';
      if (body.split('&', 30_001).length > 30_000) return response.code(413).send();
      const reply = await handle({ method: request.method, fields: new URLSearchParams(body) })();
      log(reply.outcome);
      return response.code(reply.status).headers(reply.headers).send(reply.body);
    });
    ready();
  };
};
