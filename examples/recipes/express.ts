/** Express 5. */
import express, { type ErrorRequestHandler, type Express } from 'express';
import { handleTabletRequest, type Ports, type TabletOutcome } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost } from 'camcops-tablet-session/operations';

type Log = (outcome: TabletOutcome<unknown>) => void;

export const expressApp = (ports: Ports<unknown>, host: TabletHost<unknown>, log: Log): Express => {
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const app = express();
  // As text, before any other parser: express.urlencoded() refuses more than 1,000 fields, and makes an array of a repeated one.
  app.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '40mb' }));
  app.all('/', async (request, response) => {
    const body = typeof request.body === 'string' ? request.body : '';
    if (body.split('&', 200_001).length > 200_000) return response.sendStatus(413);
    const reply = await handle({ method: request.method, fields: new URLSearchParams(body) })();
    log(reply.outcome);
    return response.status(reply.status).set(reply.headers).send(reply.body);
  });
  // Express itself would answer a body that is too long with a stack.
  const refuse: ErrorRequestHandler = (error: { readonly status?: number }, _request, response, next) => {
    if (response.headersSent) next(error);
    else response.sendStatus(error.status ?? 500);
  };
  return app.use(refuse);
};
