/** One process for each folder of embedded data: two would destroy it. */
import { once } from 'node:events';
import { mkdir, realpath, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

// The longest path of a socket.
const maxPath = 103;

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => {
      resolve(false);
    });
  });

const listen = async (path: string): Promise<Server | undefined> => {
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    await once(server.listen(path), 'listening');
    return server;
  } catch {
    return undefined;
  }
};

/**
 * Locks a folder, and gives what unlocks it; if another process has it, it throws and says so. The lock is a socket, which the system
 * closes when its process ends, however it ends; what is left of it then is a file, and nobody answers there.
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  await mkdir(folder, { recursive: true });
  const path = join(await realpath(folder), 'server.lock');
  if (Buffer.byteLength(path) > maxPath) throw new Error(`DATA_FOLDER has too long a path: ${folder}`);
  const taken = new Error(`Another server uses the folder ${folder}: stop it first, or choose another DATA_FOLDER`);

  const left = `${path}.${String(process.pid)}`;
  let server = await listen(path);
  if (server === undefined && !(await isAnswered(path))) {
    // Moved away first: if another process has done the same and listens by now, it is put back.
    await rename(path, left).catch(() => undefined);
    if (await isAnswered(left)) await rename(left, path);
    else await unlink(left).catch(() => undefined);
    server = await listen(path);
  }
  if (server === undefined) throw taken;
  const held = server;
  return async () => {
    held.close();
    await once(held, 'close');
  };
};
