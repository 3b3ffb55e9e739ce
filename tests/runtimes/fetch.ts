/** The recipe for the Fetch API in each runtime that it names, beside another route: a real client's day, over HTTP. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';

import { replay } from '../packed/day.js';
import { install, recordedDay, root, run } from '../packed/folder.js';

/** The tablets' part of an app. It is made at the first request, because workerd makes no random numbers before that. */
const tablets = `
import { operationHandlers } from 'camcops-tablet-session/operations';
import { inMemoryHost } from 'camcops-tablet-session/testing';
import { fetchTablets } from './fetch';
import recorded from './recorded.json';

const make = () => {
  const password = new URLSearchParams(recorded.steps[0].body).get('password') ?? '';
  const { ports, host } = inMemoryHost({ users: [{ username: 'nurse', password }], tables: recorded.tables });
  return fetchTablets({ ports, handlers: operationHandlers(host) }, () => undefined);
};
let made: ReturnType<typeof make> | undefined;
export const tablets = (request: Request): Promise<Response> => (made ??= make())(request);
export const app = async (request: Request): Promise<Response> =>
  new URL(request.url).pathname === '/other' ? new Response('another route') : tablets(request);
`;

interface Runtime {
  readonly args: readonly string[];
  readonly file: string;
  readonly program: (port: string) => string;
}

const runtimes = {
  deno: {
    args: ['run', '--allow-net'],
    file: 'fetch-deno.mjs',
    program: (port) => `
      import { app } from './app.mjs';
      Deno.serve({ hostname: '127.0.0.1', port: ${port} }, (request) => app(request));`,
  },
  bun: {
    args: [],
    file: 'fetch-bun.mjs',
    program: (port) => `
      import { app } from './app.mjs';
      Bun.serve({ hostname: '127.0.0.1', port: ${port}, fetch: (request) => app(request) });`,
  },
  workerd: {
    args: ['serve'],
    file: 'fetch-workerd.capnp',
    program: (port) => `
      using Workerd = import "/workerd/workerd.capnp";
      const modules :List(Workerd.Worker.Module) = [(name = "worker", esModule = embed "worker.mjs")];
      const config :Workerd.Config = (
        services = [(name = "main", worker = (modules = .modules, compatibilityDate = "2024-01-01"))],
        sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
      );`,
  },
} satisfies Readonly<Record<string, Runtime>>;

const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return String(typeof address === 'object' ? address?.port : address);
};

/** Starts a server, plays the day against it, asks for another route, and ends it. */
const dayOver = async (port: string, command: string, args: readonly string[], folder: string): Promise<string> => {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const url = `http://127.0.0.1:${port}`;
  try {
    const until = Date.now() + 30_000;
    let other = '';
    while (other === '') {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`it does not serve: ${said}`);
      other = await fetch(`${url}/other`).then(
        (response) => response.text(),
        () => '',
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (other !== 'another route') throw new Error(`the other route says ${other.slice(0, 100)}`);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const post = async (body: string): Promise<string> =>
      (await fetch(`${url}/camcops/database`, { method: 'POST', headers, body })).text();
    return await replay(post, recordedDay());
  } finally {
    child.kill();
  }
};

/** Writes the app to a folder that has the package. */
const writeApp = async (folder: string): Promise<void> => {
  copyFileSync(join(root, 'examples/recipes/fetch.ts'), join(folder, 'fetch.ts'));
  writeFileSync(join(folder, 'recorded.json'), JSON.stringify(recordedDay()));
  writeFileSync(join(folder, 'tablets.ts'), tablets);
  writeFileSync(join(folder, 'worker.ts'), `import { app } from './tablets'; export default { fetch: app };`);
  const common = { bundle: true, format: 'esm', logLevel: 'warning' } as const;
  await build({ ...common, entryPoints: [join(folder, 'tablets.ts')], outfile: join(folder, 'app.mjs') });
  await build({ ...common, entryPoints: [join(folder, 'worker.ts')], outfile: join(folder, 'worker.mjs') });
};

/** Plays the day in a runtime whose program is named. */
export const fetchDay = async (name: keyof typeof runtimes, command: string, folder: string): Promise<string> => {
  const { args, file, program } = runtimes[name];
  await writeApp(folder);
  const port = await freePort();
  writeFileSync(join(folder, file), program(port));
  return dayOver(port, command, [...args, file], folder);
};

/** Plays the day in an app of Next, whose folder is new: built, and started. */
export const nextDay = async (folder: string, packages: readonly string[]): Promise<string> => {
  mkdirSync(join(folder, 'app/camcops/database'), { recursive: true });
  mkdirSync(join(folder, 'app/other'));
  install(folder, [...packages, 'next', 'react', 'react-dom', 'typescript@5.9', '@types/node@20', '@types/react']);
  await writeApp(folder);
  const files: Readonly<Record<string, string>> = {
    'app/layout.tsx': `export default ({ children }: { children: React.ReactNode }) => <html><body>{children}</body></html>;`,
    'app/page.tsx': `export default () => <p>The clinic</p>;`,
    'app/other/route.ts': `export const dynamic = 'force-dynamic'; export const GET = () => new Response('another route');`,
    'app/camcops/database/route.ts': `import { tablets } from '../../../tablets'; export { tablets as GET, tablets as POST };`,
  };
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const next = 'node_modules/next/dist/bin/next';
  process.env['NEXT_TELEMETRY_DISABLED'] = '1';
  run(process.execPath, [next, 'build'], folder);
  const port = await freePort();
  return dayOver(port, process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', port], folder);
};
