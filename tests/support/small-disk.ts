/** A disk of a few megabytes, on which something else may take the room that is left. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { left, right, type Either } from 'fp-ts/lib/Either.js';

const run = promisify(execFile);
const megabyte = 1024 ** 2;

export interface SmallDisk {
  readonly folder: string;
  /** Leaves so many megabytes free. */
  readonly fill: (leaving: number) => Promise<void>;
  /** Takes back what `fill` took. */
  readonly free: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Mounts a disk in memory; or says why it cannot. */
export const smallDisk = async (megabytes: number): Promise<Either<string, SmallDisk>> => {
  if (process.platform !== 'linux') return left('only Linux has a tmpfs');
  const folder = await mkdtemp(join(tmpdir(), 'small-disk-'));
  const mounting = run('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', folder]);
  const failure: unknown = await mounting.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure !== undefined) {
    await rm(folder, { recursive: true });
    const [words = 'there is no mount'] = /^mount: .*/m.exec(failure instanceof Error ? failure.message : '') ?? [];
    return left(`a file system cannot be mounted here (${words})`);
  }
  // The database's user makes its own folder here.
  await chmod(folder, 0o777);
  const ballast = join(folder, 'ballast');
  return right({
    folder,
    fill: async (leaving) => {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaving * megabyte)));
    },
    free: () => unlink(ballast),
    end: async () => {
      await run('umount', ['-l', folder]);
      await rm(folder, { recursive: true });
    },
  });
};
