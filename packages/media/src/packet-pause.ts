/*
 * Waking up costs more than moving a packet: the event loop asks the kernel and looks through the handles of all calls. So
 * after packets have gone out it pauses for a moment, and takes those that have come meanwhile in one turn. The packets in
 * hand never wait for it.
 */

/** A tenth of a packet of 20 ms, and well below what a jitter buffer holds. */
const pauseMs = 2;
/** A turn that had so much to do has lasted long enough: the next packets are there already. */
const fullTurn = 32;

const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
let isOn = false;
let packets = 0;

/** For a process that does nothing but move packets: its thread stands still in the pauses. */
export function pauseAfterPackets(): void {
  isOn = true;
}

/** Told of each packet that comes in. */
export function packetCame(): void {
  if (!isOn) return;
  packets += 1;
  if (packets === 1) setImmediate(pause);
}

function pause(): void {
  const isFull = packets >= fullTurn;
  packets = 0;
  if (!isFull) Atomics.wait(nobody, 0, 0, pauseMs);
}
