/** A lock for each folder of embedded data, because two processes would destroy it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

// The longest path that a socket may have.
const maxPath = 103;

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const answer = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    const socket = connect(path, answer(true)).on('error', answer(false));
  });

/**
 * Locks a folder, and returns a function that unlocks it; throws if another process has locked it. Each process listens at a socket of its
 * own in the folder before it looks for others, so of two that start together, at least one sees the other. The system closes a socket
 * however its process ends, and leaves a file at which nobody answers.
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  await mkdir(folder, { recursive: true });
  const own = `${randomBytes(6).toString('hex')}.lock`;
  if (Buffer.byteLength(join(folder, own)) > maxPath) throw new Error(`DATA_FOLDER has too long a path: ${folder}`);
  const server = createServer((socket) => socket.destroy()).unref();
  await once(server.listen(join(folder, own)), 'listening');
  const unlock = async (): Promise<void> => {
    await once(server.close(), 'close');
  };
  for (const other of (await readdir(folder)).filter((name) => name.endsWith('.lock') && name !== own)) {
    if (await isAnswered(join(folder, other))) {
      await unlock();
      throw new Error(`Another server uses the folder ${folder}: stop it first, or choose another DATA_FOLDER`);
    }
    await rm(join(folder, other), { force: true });
  }
  return unlock;
};
