import type { Core } from './core.ts';
import { randomBetween } from './core.ts';

/**
 * RFC 5626 §4.5, where there is one flow: base-time-all-fail and max-time. The RFC's half an hour for the latter would leave numbers
 * unreachable that long after a PBX is back; at two minutes a few thousand accounts still ask only some dozen times a second.
 */
const baseMs = 30_000;
const longestMs = 120_000;
const longestAskedMs = 1_800_000;

/** When to refresh a binding: early enough for a retry, and not all accounts at once. */
export function refreshDelay(core: Core, expiresSeconds: number): number {
  return Math.max(1_000, expiresSeconds * 1_000 * randomBetween(core, 0.75, 0.9));
}

/** When to try again after the server has failed to answer `failures` times: what it asks for, else twice as long each time. */
export function retryDelay(core: Core, failures: number, retryAfter: string | undefined): number {
  const asked = Number.parseInt(retryAfter ?? '', 10) * 1_000;
  if (asked > 0) return Math.min(asked, longestAskedMs) + randomBetween(core, 0, 1_000);
  const longest = Math.min(longestMs, baseMs * 2 ** (failures - 1));
  return longest * randomBetween(core, 0.5, 1);
}

/** A lost connection has told nothing about the server yet: soon, but spread, for all accounts on it are back at once. */
export function reconnectDelay(core: Core): number {
  return randomBetween(core, 0, 2_000);
}

/** What will not change by asking again. Timeouts, overload and failures of the server may. */
export function permanentlyRefused(status: number): boolean {
  return status < 500 ? status !== 408 && status !== 429 && status !== 480 : status >= 600;
}
