/** Hono, on Node by @hono/node-server or wherever else it runs. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { handleTabletRequest, type Ports, type TabletOutcome } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost } from 'camcops-tablet-session/operations';

type Log = (outcome: TabletOutcome<unknown>) => void;

export const honoApp = (ports: Ports<unknown>, host: TabletHost<unknown>, log: Log): Hono => {
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const app = new Hono();
  app.all('/', bodyLimit({ maxSize: 40 * 1024 * 1024 }), async (context) => {
    // As text: parseBody() makes an object, in which only the last of a repeated field is left.
    const body = await context.req.text();
    if (body.split('&', 200_001).length > 200_000) return context.body(null, 413);
    const reply = await handle({ method: context.req.method, fields: new URLSearchParams(body) })();
    log(reply.outcome);
    return context.body(reply.body, reply.status, reply.headers);
  });
  return app;
};
