import type { Clock } from '@soft-handset/sip';

/** A caller that has vanished sends no BYE: who is not heard for so long is hung up. On hold one is silent for a while too. */
const silenceLimitMs = 10 * 60_000;

/** Calls `vanished` when no packet has come for ten minutes. @returns ends the watch */
export function watchSilence(
  clock: Clock,
  media: { readonly packets: number },
  vanished: () => void,
): () => void {
  let packets = 0;
  const check = (): void => {
    if (media.packets === packets) return vanished();
    packets = media.packets;
    stop = clock.setTimeout(check, silenceLimitMs);
  };
  let stop = clock.setTimeout(check, silenceLimitMs);
  return () => stop();
}
