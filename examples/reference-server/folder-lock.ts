/** One process for each folder of embedded data: two would destroy it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

// The longest path of a socket.
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
 * Locks a folder, and gives what unlocks it; if another process has it, it throws and says so. Each process listens at a socket of its
 * own there, and only then looks for others: of two that start together, at least one sees the other. The system closes a socket when
 * its process ends, however it ends; what is left then is a file at which nobody answers.
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
