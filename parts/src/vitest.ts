import { describe, onTestFinished } from 'vitest';
import { missingParts, type PartName } from './needs.ts';
import { Parts } from './parts.ts';

/**
 * A suite that needs real programs. Where one is missing it is skipped and its name says why;
 * in CI that is an error, so that nothing goes untested unseen.
 */
export function describeWithParts(names: readonly PartName[], title: string, suite: () => void): void {
  const missing = missingParts(names);
  if (missing === undefined) {
    describe(title, suite);
    return;
  }
  if (process.env['CI']) throw new Error(`${title}: ${missing}`);
  describe.skip(`${title} (${missing})`, suite);
}

/** The parts of the running test; they are closed when it is finished, however it went. */
export function partsOfThisTest(): Parts {
  const parts = new Parts();
  onTestFinished(() => parts.close());
  return parts;
}
