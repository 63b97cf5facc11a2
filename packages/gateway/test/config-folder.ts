import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ConfigError } from '../src/config/config-error.ts';

/** A folder with a configuration, gone after the test. */
export function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'soft-handset-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'soft-handset.yaml'), text);
  return folder;
}

/** What the error that must come complains about. */
export function linesOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  throw new Error('it was accepted');
}
