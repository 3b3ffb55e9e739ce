/** Express 5. */
import express, { type Express } from 'express';
import type { TabletForm, TabletOutcome, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;
type Log = (outcome: TabletOutcome<unknown>) => void;

export const expressApp = (handle: Handle, log: Log): Express => {
  const app = express();
  // As text, before any other parser: that of express.urlencoded() makes one array of a field that was sent twice.
  app.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '16mb' }));
  app.all('/', async (request, response) => {
    const body: unknown = request.body;
    const fields = new URLSearchParams(typeof body === 'string' ? body : '');
    const reply = await handle({ method: request.method, fields })();
    response.status(reply.status).set(reply.headers).send(reply.body);
    log(reply.outcome);
  });
  return app;
};
