import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/** What names this installation and no other: made once, kept in the folder. @throws StartError */
export async function installationIn(folder: string): Promise<string> {
  const file = join(folder, 'installation');
  try {
    await writeFile(file, randomUUID(), { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw StartError.cannotWrite(folder, cause);
  }
}
