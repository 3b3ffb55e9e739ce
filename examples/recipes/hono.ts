/** Hono, on Node by @hono/node-server or wherever else it runs. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { TabletForm, TabletOutcome, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;
type Log = (outcome: TabletOutcome<unknown>) => void;

export const honoApp = (handle: Handle, log: Log): Hono => {
  const app = new Hono();
  app.all('/', bodyLimit({ maxSize: 16 * 1024 * 1024 }), async (context) => {
    // As text: parseBody() makes an object, in which the last of a field that was sent twice is the only one.
    const fields = new URLSearchParams(await context.req.text());
    const reply = await handle({ method: context.req.method, fields })();
    log(reply.outcome);
    return context.body(reply.body, reply.status, reply.headers);
  });
  return app;
};
