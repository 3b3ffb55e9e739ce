/** A server of Nest that uses the package, in CommonJS and under Jest, as Nest's own starter is set up. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { allAsRecorded, install, run } from '../packed/folder.js';

const controller = `
import { Controller, Module, Post, Req, Res } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { handleTabletRequest } from 'camcops-tablet-session';
import { operationHandlers } from 'camcops-tablet-session/operations';
import { inMemoryHost } from 'camcops-tablet-session/testing';

const { steps, tables } = JSON.parse(readFileSync('recorded.json', 'utf8'));
const password = new URLSearchParams(steps[0].body).get('password') ?? '';
const { ports, host } = inMemoryHost({ users: [{ username: 'nurse', password }], tables });
const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });

@Controller()
export class TabletController {
  @Post()
  async serve(@Req() request: RawBodyRequest<IncomingMessage>, @Res() response: ServerResponse): Promise<void> {
    const fields = new URLSearchParams(request.rawBody?.toString('utf8'));
    const { status, headers, body } = await handle({ method: request.method ?? '', fields })();
    response.writeHead(status, headers).end(body);
  }
}

@Module({ controllers: [TabletController] })
export class AppModule {}
`;

const test = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { readFileSync } from 'node:fs';
import { AppModule } from './app';
import { replay } from './day';

test('the day completes', async () => {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true, logger: ['error'] });
  app.useBodyParser('urlencoded', { extended: false, limit: '50mb' });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = async (body: string) => (await fetch(url, { method: 'POST', headers, body })).text();
  expect(typeof require('camcops-tablet-session').handleTabletRequest).toBe('function');
  expect(await replay(post, JSON.parse(readFileSync('recorded.json', 'utf8')))).toBe('${allAsRecorded}');
  await app.close();
});
`;

/** As the starters of Nest 11 and of Nest 10 have it. */
const modules = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  commonjs: { module: 'commonjs' },
};
const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true };
const others = { target: 'es2022', strict: true, esModuleInterop: true, skipLibCheck: true, types: ['node', 'jest'] };

const nest = ['common', 'core', 'platform-express'].map((name) => `@nestjs/${name}@11`);
const beside = [
  'reflect-metadata',
  'rxjs',
  'jest@30',
  'ts-jest@29',
  'typescript@5.9',
  '@types/jest@30',
  '@types/node@20',
];

/** Installs Nest in an empty folder, with the package and its peers. `day` is the folder of the recorded day. */
export const installNest = (folder: string, packages: readonly string[], day: string): void => {
  install(folder, [...packages, ...nest, ...beside]);
  for (const file of ['recorded.json', 'day.ts']) copyFileSync(join(day, file), join(folder, file));
  writeFileSync(join(folder, 'app.ts'), controller);
  writeFileSync(join(folder, 'app.test.ts'), test);
};

export const moduleSystems = ['nodenext', 'commonjs'] as const;

/** Runs the test, type-checked, by Jest; it throws if that fails. It gives the versions that it ran with. */
export const nestDay = (folder: string, module: (typeof moduleSystems)[number]): string => {
  // A file of its own: ts-jest would read that of a folder above as well.
  const tsconfig = { compilerOptions: { ...others, ...decorators, ...modules[module] } };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const jest = { testEnvironment: 'node', transform: { '^.+\\.ts$': 'ts-jest' } };
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(jest));
  run(process.execPath, ['node_modules/jest/bin/jest.js', '--config', 'jest.config.json'], folder);
  const manifest = readFileSync(join(folder, 'node_modules/@nestjs/core/package.json'), 'utf8');
  return /"version": "(.*)"/.exec(manifest)?.[1] ?? '';
};
