/** Hono, on Node by @hono/node-server or wherever else it runs. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { TabletForm, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;

export const honoApp = (handle: Handle, log: (line: string) => void): Hono => {
  const app = new Hono();
  app.all('/', bodyLimit({ maxSize: 16 * 1024 * 1024 }), async (context) => {
    // As text: parseBody() makes an object, in which the last of a field that was sent twice is the only one.
    const fields = new URLSearchParams(await context.req.text());
    const reply = await handle({ method: context.req.method, fields })();
    log(JSON.stringify(reply.outcome));
    return context.text(reply.body, reply.status);
  });
  return app;
};
