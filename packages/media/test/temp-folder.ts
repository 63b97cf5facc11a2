import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder; whoever asks for it removes it. */
export function tempFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'soft-handset-media-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Removed when the test is over. */
export function folderOfThisTest(): string {
  const { path, remove } = tempFolder();
  onTestFinished(remove);
  return path;
}
