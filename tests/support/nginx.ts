/** nginx for tests, with a configuration as Debian's package would include it, at a free port, with a certificate of its own. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:https';
import type { ClientRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from './listening.js';

const run = promisify(execFile);
const name = 'camcops.example.org';
/** Debian keeps it where not every user looks. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

export const hasNginx = await Promise.all([run('nginx', ['-v'], { env }), run('openssl', ['version'])]).then(
  () => true,
  () => false,
);
if (!hasNginx) console.warn('nginx or openssl is not installed here: the tests that need them are skipped.');

export interface Proxy {
  readonly ask: (options: RequestOptions) => ClientRequest;
  readonly end: () => Promise<void>;
}

const isListening = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  const [is] = await Promise.race([once(socket, 'connect').then(() => [true]), once(socket, 'error')]).catch(() => []);
  socket.destroy();
  return is === true;
};

/** Starts it with this part of a configuration, before the server at this port. */
export const nginxBefore = async (serverPort: string, configuration: string): Promise<Proxy> => {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  // Its workers are another user, if it is started by root.
  await chmod(folder, 0o755);
  const [certificate, key] = [join(folder, 'camcops.pem'), join(folder, 'camcops.key')];
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${name}`];
  await run('openssl', [
    'req',
    ...options,
    '-addext',
    `subjectAltName=DNS:${name}`,
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  const port = await freePort();
  const own = configuration
    .replace('listen 443 ssl', `listen 127.0.0.1:${String(port)} ssl`)
    .replace('/etc/ssl/camcops.pem', certificate)
    .replace('/etc/ssl/camcops.key', key)
    .replace('127.0.0.1:8080', `127.0.0.1:${serverPort}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${folder}/${of};`,
  );
  const around = `daemon off; pid ${folder}/pid; events {} http { access_log off; ${temporary.join(' ')}\n${own}\n}\n`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, around);
  const nginx = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', file], { env });
  let said = '';
  nginx.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(nginx, 'exit');
  while (!(await isListening(port))) {
    if (nginx.exitCode !== null) throw new Error(`nginx does not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ca = await readFile(certificate);
  return {
    ask: (options) => request({ host: '127.0.0.1', port, ca, servername: name, agent: false, ...options }),
    end: async () => {
      nginx.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
};
