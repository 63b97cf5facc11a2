import { HandsetError } from './handset-error.ts';

/** A promise with a time limit: when it has passed, `late` gets what still comes, so that it can be undone. */
export function within<T>(limitMs: number, work: Promise<T>, late?: (value: T) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(HandsetError.of('timeout'));
    }, limitMs);
    work.then(
      (value) => {
        clearTimeout(timer);
        if (isLate) late?.(value);
        else resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
