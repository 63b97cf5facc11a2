import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/** Makes the folder for what is kept, and sees whether it can be written. @throws StartError */
export async function openDataFolder(folder: string): Promise<void> {
  const trial = join(folder, `.trial-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(trial, '');
    await rm(trial, { force: true });
  } catch (cause) {
    throw StartError.cannotWrite(folder, cause);
  }
}
