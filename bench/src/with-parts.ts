import { Parts } from '@soft-handset/parts';

/** Everything is started afresh for one measurement, and ended after it. */
export async function withParts<T>(work: (parts: Parts) => Promise<T>): Promise<T> {
  const parts = new Parts();
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}
