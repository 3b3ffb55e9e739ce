/** A lock for each folder of embedded data, because two processes would destroy it. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Locks a folder, and returns a function that unlocks it; throws if another process has locked it. The system unlocks a file when its
 * process ends, however that happens.
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  // Loaded only here, so that a server without a folder also runs on platforms that lack this native module.
  const { tryLock } = await import('fs-native-extensions');
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, 'server.lock'), 'a');
  if (tryLock(file.fd)) return () => file.close();
  await file.close();
  throw new Error(`Another server uses the folder ${folder}: stop it first, or choose another DATA_FOLDER`);
};
