/**
 * NestJS 11, on Express: a module to put among the `imports` of another, `nestTablets(server, log)`.
 * This limits bodies to 40 MB and 30,000 fields. TLS and limits of requests and connections are a proxy's job: see docs/running.md.
 */
import 'reflect-metadata';
import {
  All,
  Controller,
  Inject,
  Module,
  PayloadTooLargeException,
  Req,
  Res,
  type DynamicModule,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { text, type Request, type Response } from 'express';
import {
  handleTabletRequest,
  type Device,
  type TabletOutcome,
  type TabletServer,
  type User,
} from 'camcops-tablet-session';

export const nestTablets = <E, D extends Device, U extends User>(
  server: TabletServer<E, URLSearchParams, D, U>,
  log: (outcome: TabletOutcome<E>) => void,
): DynamicModule => {
  const handle = handleTabletRequest(server);

  @Controller('camcops/database')
  class TabletController {
    @All()
    async serve(@Req() request: Request, @Res() response: Response): Promise<void> {
      const body = typeof request.body === 'string' ? request.body : '';
      if (body.split('&', 30_001).length > 30_000) throw new PayloadTooLargeException();
      const reply = await handle({ method: request.method, fields: new URLSearchParams(body) })();
      log(reply.outcome);
      response.status(reply.status).set(reply.headers).send(reply.body);
    }
  }
  @Module({ controllers: [TabletController] })
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Nest's modules are classes.
  class TabletModule {
    // Read as text, before Nest's own parser, which refuses more than 100 kB or 1,000 fields and makes a repeated field an array.
    constructor(@Inject(HttpAdapterHost) { httpAdapter }: HttpAdapterHost) {
      const isTablets = ({ url = '' }): boolean => /\/camcops\/database\/?(\?|$)/.test(url);
      httpAdapter.use(text({ type: isTablets, limit: '40mb' }));
    }
  }
  return { module: TabletModule };
};
