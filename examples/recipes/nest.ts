/** NestJS 11, on Express. */
import 'reflect-metadata';
import { All, Controller, Module, PayloadTooLargeException, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { handleTabletRequest, type Ports, type TabletOutcome } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost } from 'camcops-tablet-session/operations';

type Log = (outcome: TabletOutcome<unknown>) => void;

export const nestApp = async (ports: Ports<unknown>, host: TabletHost<unknown>, log: Log) => {
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });

  @Controller()
  class TabletController {
    @All()
    async serve(@Req() request: Request, @Res() response: Response): Promise<void> {
      const body = typeof request.body === 'string' ? request.body : '';
      if (body.split('&', 200_001).length > 200_000) throw new PayloadTooLargeException();
      const reply = await handle({ method: request.method, fields: new URLSearchParams(body) })();
      log(reply.outcome);
      response.status(reply.status).set(reply.headers).send(reply.body);
    }
  }
  @Module({ controllers: [TabletController] })
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Nest's modules are classes, with nothing in them.
  class TabletModule {}

  // As text: Nest's own parser refuses more than 1,000 fields, and makes an array of a repeated one.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest's options are such literals.
  const app = await NestFactory.create<NestExpressApplication>(TabletModule, { bodyParser: false });
  return app.useBodyParser('text', { type: 'application/x-www-form-urlencoded', limit: '40mb' });
};
