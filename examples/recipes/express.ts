/** Express 5. */
import express, { type Express } from 'express';
import type { TabletForm, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;

export const expressApp = (handle: Handle, log: (line: string) => void): Express => {
  const app = express();
  // As text: express.urlencoded() makes an object, in which a field that was sent twice is one array.
  app.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '16mb' }));
  app.all('/', async (request, response) => {
    const body: unknown = request.body;
    const fields = new URLSearchParams(typeof body === 'string' ? body : '');
    const reply = await handle({ method: request.method, fields })();
    log(JSON.stringify(reply.outcome));
    response.status(reply.status).type('text/plain').send(reply.body);
  });
  return app;
};
