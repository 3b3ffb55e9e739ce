/**
 * Express 5: `app.use(expressTablets(server, log))`, best before other parsers. If a global `express.urlencoded()` comes first, its limits
 * hold for tablets too: 100 kB and 1,000 fields are too few for a photograph or a large table. `{ limit: '40mb', parameterLimit: 5_000 }`
 * is enough for most. A higher limit would let a client hold up the app by repeating one field, because time grows with the square.
 * This limits bodies to 40 MB and 30,000 fields. TLS and limits of requests and connections are a proxy's job: see docs/running.md.
 */
import { Router, text, type ErrorRequestHandler } from 'express';
import {
  handleTabletRequest,
  type Device,
  type TabletOutcome,
  type TabletServer,
  type User,
} from 'camcops-tablet-session';

/** Reads a body that an earlier parser has made an object, in which a repeated field is an array. */
const fieldsOf = (body: unknown): URLSearchParams => {
  if (typeof body === 'string') return new URLSearchParams(body);
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body ?? {}))
    for (const each of [value].flat()) fields.append(name, String(each));
  return fields;
};

export const expressTablets = <E, D extends Device, U extends User>(
  server: TabletServer<E, URLSearchParams, D, U>,
  log: (outcome: TabletOutcome<E>) => void,
): Router => {
  const handle = handleTabletRequest(server);
  const router = Router();
  const asText = text({ type: 'application/x-www-form-urlencoded', limit: '40mb' });
  router.all('/camcops/database', asText, async ({ method, body }, response) => {
    if (typeof body === 'string' && body.split('&', 30_001).length > 30_000) return response.sendStatus(413);
    const reply = await handle({ method, fields: fieldsOf(body) })();
    log(reply.outcome);
    return response.status(reply.status).set(reply.headers).send(reply.body);
  });
  // Express itself would answer a body that is too long with a stack trace.
  const refuse: ErrorRequestHandler = (error: { readonly status?: number }, _request, response, next) => {
    if (response.headersSent || error.status === undefined) next(error);
    else response.sendStatus(error.status);
  };
  router.use('/camcops/database', refuse);
  return router;
};
