import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';
import { type LocalJanus, type LocalJanusOptions, startLocalJanus } from '../src/local-janus.ts';

const isInstalled = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'janus'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** Tests with a real Janus. Without one they are skipped, saying so; in CI that is a failure. */
export function describeWithJanus(name: string, tests: () => void): void {
  if (isInstalled || process.env['CI'] === 'true') describe(name, tests);
  else describe.skip(`${name} (skipped: no janus program on the PATH)`, tests);
}

export interface RealJanus extends LocalJanus {
  /** Ends it and removes its folder. */
  dispose(): Promise<void>;
}

export async function realJanus(options: Partial<LocalJanusOptions> = {}): Promise<RealJanus> {
  const dataDir = await mkdtemp(join(tmpdir(), 'soft-handset-janus-'));
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    const janus = await startLocalJanus({ dataDir, ...options });
    return { ...janus, dispose: () => janus.close().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
