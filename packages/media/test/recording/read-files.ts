import { createDecoder } from 'libopus-wasm';
import { crcOf } from '../../src/recording/ogg-pages.ts';

export interface OpusSound {
  /** Without what comes before the pre-skip and after the last granule. */
  readonly channels: readonly Int16Array[];
  readonly preSkip: number;
  /** Whether its last page says that it is. */
  readonly isWhole: boolean;
}

/** What a player makes of an Ogg Opus file. @throws Error where RFC 3533 or RFC 7845 are broken */
export async function readOpusFile(file: Buffer, sampleRate: 8000 | 48_000 = 48_000): Promise<OpusSound> {
  const pages = pagesOf(file);
  const [head, tags, ...packets] = pages.flatMap(({ packets: each }) => each);
  if (head?.toString('latin1', 0, 8) !== 'OpusHead' || tags?.toString('latin1', 0, 8) !== 'OpusTags') {
    throw new Error('The headers of Opus are missing');
  }
  const channels = head[9] === 2 ? 2 : 1;
  const preSkip = head.readUInt16LE(10);
  const decoder = await createDecoder({ sampleRate, channels });
  const decoded = packets.map((packet) => decoder.decode(packet));
  decoder.free();
  const samples = decoded.flatMap((piece) => [...piece]);
  // Both count at 48 kHz, whatever the rate of the sound.
  const [start = 0, end] = [preSkip, Number(pages.at(-1)?.granule)].map((at) => (at * sampleRate) / 48_000);
  return {
    preSkip,
    isWhole: ((pages.at(-1)?.flags ?? 0) & 4) !== 0,
    channels: Array.from({ length: channels }, (_none, channel) =>
      Int16Array.from(samples.filter((_sample, index) => index % channels === channel)).slice(start, end),
    ),
  };
}

interface Page {
  readonly flags: number;
  readonly granule: bigint;
  readonly packets: readonly Buffer[];
}

function pagesOf(file: Buffer): readonly Page[] {
  const pages: Page[] = [];
  for (let at = 0; at < file.length;) {
    const segments = file[at + 26]!;
    const lacing = file.subarray(at + 27, at + 27 + segments);
    const start = at + 27 + segments;
    const end = start + lacing.reduce((sum, length) => sum + length, 0);
    const page = Buffer.from(file.subarray(at, end));
    const crc = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    if (page.toString('latin1', 0, 4) !== 'OggS' || crcOf(page) !== crc) throw new Error('A page is broken');
    if (page.readUInt32LE(18) !== pages.length) throw new Error('A page is missing');
    pages.push({
      flags: page[5]!,
      granule: page.readBigInt64LE(6),
      packets: packetsOf(file.subarray(start, end), lacing),
    });
    at = end;
  }
  return pages;
}

function packetsOf(body: Buffer, lacing: Buffer): readonly Buffer[] {
  const packets: Buffer[] = [];
  let start = 0;
  let end = 0;
  for (const length of lacing) {
    end += length;
    if (length === 255) continue;
    packets.push(body.subarray(start, end));
    start = end;
  }
  return packets;
}

/** The channels of a WAV file of 16-bit PCM, as far as its header says. */
export function channelsOfWav(file: Buffer): readonly Int16Array[] {
  const channels = file.readUInt16LE(22);
  const frames = file.readUInt32LE(40) / (2 * channels);
  return Array.from({ length: channels }, (_none, channel) =>
    Int16Array.from({ length: frames }, (_sample, frame) =>
      file.readInt16LE(44 + 2 * (frame * channels + channel)),
    ),
  );
}
