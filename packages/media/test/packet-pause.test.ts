import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** A turn of the event loop, with its pause if there is one. */
const turn = (): Promise<void> => new Promise((over) => setImmediate(over));

describe('the pause after packets', () => {
  const wait = vi.spyOn(Atomics, 'wait');
  let packetCame: () => void;
  let pauseAfterPackets: () => void;

  beforeEach(async () => {
    vi.resetModules();
    wait.mockReset().mockReturnValue('timed-out');
    ({ packetCame, pauseAfterPackets } = await import('../src/packet-pause.ts'));
  });
  afterEach(() => wait.mockReset());

  function packets(count: number): Promise<void> {
    for (let packet = 0; packet < count; packet += 1) packetCame();
    return turn();
  }

  it('comes once for a turn, after all of its packets', async () => {
    pauseAfterPackets();
    packetCame();
    expect(wait).not.toHaveBeenCalled();
    await packets(2);
    expect(wait).toHaveBeenCalledOnce();
    await turn();
    expect(wait).toHaveBeenCalledOnce();
    await packets(1);
    expect(wait).toHaveBeenCalledTimes(2);
  });

  it('is left out where a turn had plenty to do', async () => {
    pauseAfterPackets();
    await packets(32);
    expect(wait).not.toHaveBeenCalled();
    await packets(31);
    expect(wait).toHaveBeenCalledOnce();
  });

  it('is none in a process that has not asked for it', async () => {
    await packets(3);
    expect(wait).not.toHaveBeenCalled();
  });
});
