/** Apps that have a form of their own at `/form`, which answers its field `b`, and a recipe mounted beside it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import formbody from '@fastify/formbody';
import { createAdaptorServer } from '@hono/node-server';
import { Body, Controller, HttpCode, Logger, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { fastify } from 'fastify';
import { Hono, type Context } from 'hono';

import { expressTablets } from '../../examples/recipes/express.js';
import { fastifyTablets } from '../../examples/recipes/fastify.js';
import { fetchTablets } from '../../examples/recipes/fetch.js';
import { honoTablets } from '../../examples/recipes/hono.js';
import { nestTablets } from '../../examples/recipes/nest.js';
import { nodeTablets } from '../../examples/recipes/node-http.js';
import type { Device, TabletOutcome, TabletServer, User } from '../../src/index.js';

Logger.overrideLogger(false);

/** A server whose types are its own, and no recipe's. */
type App = <E, D extends Device, U extends User>(
  server: TabletServer<E, URLSearchParams, D, U>,
  log: (outcome: TabletOutcome<E>) => void,
) => unknown;

interface Form {
  readonly b?: string;
}

const ownForm = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> =>
  request.url === '/form'
    ? response.end(new URLSearchParams(await text(request)).get('b'))
    : response.writeHead(404).end();

const withForm = (app: Express): Express =>
  app.post('/form', ({ body }: { readonly body: Form }, response) => {
    response.send(body.b);
  });

const honoForm = async (context: Context): Promise<Response> => {
  const { b } = await context.req.parseBody();
  return context.text(typeof b === 'string' ? b : '');
};

@Controller('form')
class FormController {
  @Post()
  @HttpCode(200)
  answer(@Body() body: Form): string | undefined {
    return body.b;
  }
}

/** The most fields in a form that an app's own parser takes, where that comes first. */
export const maxFields: Readonly<Record<string, number>> = { 'express, after a global parser': 5_000 };

/** Each named like the file of its recipe, up to a comma. */
export const recipes: Readonly<Record<string, App>> = {
  express: (server, log) =>
    createServer(withForm(express().use(expressTablets(server, log)).use(express.urlencoded(), express.json()))),
  'express, after a global parser': (server, log) => {
    const parser = express.urlencoded({ limit: '40mb', parameterLimit: 5_000 });
    const refuse: ErrorRequestHandler = (error, _request, response, next) => {
      if (response.headersSent) next(error);
      else response.sendStatus(413);
    };
    return createServer(withForm(express().use(parser, express.json()).use(expressTablets(server, log))).use(refuse));
  },
  fastify: async (server, log) => {
    const app = fastify();
    await app.register(fastifyTablets(server, log));
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    });
    app.post<{ Body: Form }>('/form', ({ body }) => Promise.resolve(body.b));
    await app.ready();
    return app.server;
  },
  'fastify, beside @fastify/formbody': async (server, log) => {
    const app = fastify();
    await app.register(formbody);
    await app.register(fastifyTablets(server, log));
    app.post<{ Body: Form }>('/form', ({ body }) => Promise.resolve(body.b));
    await app.ready();
    return app.server;
  },
  fetch: (server, log) => {
    const tablets = fetchTablets(server, log);
    const app = async (request: Request): Promise<Response> =>
      new URL(request.url).pathname === '/form'
        ? new Response(new URLSearchParams(await request.text()).get('b'))
        : tablets(request);
    return createAdaptorServer({ fetch: app });
  },
  hono: (server, log) => {
    const app = new Hono();
    app.route('/', honoTablets(server, log)).post('/form', honoForm);
    return createAdaptorServer(app);
  },
  'hono, after a middleware that reads forms': (server, log) => {
    const app = new Hono();
    app.use(async ({ req }, next) => {
      await req.parseBody();
      await next();
    });
    app.route('/', honoTablets(server, log)).post('/form', honoForm);
    return createAdaptorServer(app);
  },
  nest: async (server, log) => {
    @Module({ imports: [nestTablets(server, log)], controllers: [FormController] })
    // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Nest's modules are classes, with nothing in them.
    class AppModule {}
    const app = await NestFactory.create<NestExpressApplication>(AppModule);
    await app.init();
    return app.getHttpServer();
  },
  'node-http': (server, log) =>
    createServer(nodeTablets(server, log, (request, response) => void ownForm(request, response))),
};
