import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from './parts.ts';

export interface TempDir extends Part {
  readonly path: string;
}

/** A directory of its own, gone with everything in it after `close`. */
export async function makeTempDir(name: string): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `soft-handset-${name}-`));
  return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
