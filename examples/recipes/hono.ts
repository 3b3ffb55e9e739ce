/**
 * Hono, on Node by @hono/node-server or wherever else it runs: `app.route('/', honoTablets(server, log))`.
 * This limits bodies to 40 MB and 30,000 fields. TLS and limits of requests and connections are a proxy's job: see docs/running.md.
 */
import { Hono, type Context, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import {
  handleTabletRequest,
  type Device,
  type TabletOutcome,
  type TabletServer,
  type User,
} from 'camcops-tablet-session';

export const honoTablets = <E, D extends Device, U extends User>(
  server: TabletServer<E, URLSearchParams, D, U>,
  log: (outcome: TabletOutcome<E>) => void,
): Hono => {
  const handle = handleTabletRequest(server);
  const app = new Hono();
  const maxSize = 40 * 1024 * 1024;
  const limit = bodyLimit({ maxSize });
  // If a middleware has read the body already, Hono has kept it.
  app.use('/camcops/database', (context: Context<object, string>, next: Next) =>
    context.req.raw.bodyUsed ? next() : limit(context, next),
  );
  app.all('/camcops/database', async (context) => {
    // Read as text, because parseBody() makes an object that holds only the last value of a repeated field.
    const body = await context.req.text();
    if (body.length > maxSize || body.split('&', 30_001).length > 30_000) return context.body(null, 413);
    const reply = await handle({ method: context.req.method, fields: new URLSearchParams(body) })();
    log(reply.outcome);
    return context.body(reply.body, reply.status, reply.headers);
  });
  return app;
};
