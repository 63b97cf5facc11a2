import {
  startRtpPeer,
  startSipp,
  until,
  type Part,
  type PeerMedia,
  type RtpPeer,
  type Sipp,
  type SippMessage,
  type SippResult,
} from '@soft-handset/parts';
import { expect } from 'vitest';

export interface PeerOptions {
  readonly port: number;
  /** The text of sipp's scenario, with this peer's media in its SDP. */
  readonly scenario: (media: PeerMedia) => string;
  /** In Hz; what it says. */
  readonly frequency: number;
  /** Sends pictures back. */
  readonly video?: 'VP8' | 'H264';
  /** Whom it calls and where; without it, it is called. */
  readonly calls?: { readonly number: string; readonly port: number };
  readonly count?: number;
}

/** A scripted SIP phone with a voice: sipp for the SIP, RTP ports of our own for sound and pictures. */
export interface Peer extends Part {
  readonly sipp: Sipp;
  /** What a handset dials to reach it, through whatever server. */
  readonly uri: string;
  /** Waits until it hears the tone. */
  hears(frequency: number): Promise<void>;
  /** All that its scenario asks has happened. */
  isContent(): Promise<SippResult>;
  /** First lines of what went to and fro: `> INVITE`, `< 200 INVITE`; `>` is sent by the peer. */
  ladder(): Promise<readonly string[]>;
  messages(): Promise<readonly SippMessage[]>;
  /** As a phone whose battery is empty. */
  vanishes(): Promise<void>;
}

export async function startPeer(options: PeerOptions): Promise<Peer> {
  const { port, frequency, calls, video, count = 1 } = options;
  const opened: Part[] = [];
  const open = async <T extends Part>(part: Promise<T>): Promise<T> => {
    opened.unshift(await part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0)) await part.close();
  };
  try {
    const voice = await open(startRtpPeer({ says: { frequency } }));
    const picture = video && (await open(startRtpPeer({ echo: true })));
    const scenario = options.scenario({
      audio: [0],
      audioPort: voice.port,
      ...(video && picture && { video: { codec: video }, videoPort: picture.port }),
    });
    const sipp = await open(
      startSipp({
        scenario,
        port,
        calls: count,
        ...(calls && { service: calls.number, remotePort: calls.port }),
      }),
    );
    return peerOf(sipp, voice, close);
  } catch (cause) {
    await close();
    throw cause;
  }
}

function peerOf(sipp: Sipp, voice: RtpPeer, close: () => Promise<void>): Peer {
  return {
    sipp,
    uri: sipp.uri('2001'),
    close,
    messages: () => sipp.messages(),
    hears: async (frequency) => {
      const heard = await until(
        `the peer hears ${frequency} Hz`,
        () => {
          const now = voice.hears();
          return now && Math.abs(now.frequency - frequency) <= 20 ? now : undefined;
        },
        { timeoutMs: 10_000, everyMs: 50 },
      ).catch((cause: unknown) => {
        throw new Error(`${String(cause)}; heard ${JSON.stringify(voice.hears())}`, { cause });
      });
      expect(heard.share, 'share of the tone in what the peer hears').toBeGreaterThan(0.5);
    },
    isContent: async () => {
      const result = await sipp.finished(20_000);
      expect(result, (await ladderOf(sipp)).join('\n')).toMatchObject({ exitCode: 0, failed: 0 });
      return result;
    },
    ladder: () => ladderOf(sipp),
    vanishes: async () => {
      sipp.child.signal('SIGKILL');
      await close();
    },
  };
}

async function ladderOf(sipp: Sipp): Promise<readonly string[]> {
  return (await sipp.messages()).map(({ direction, text }) => {
    const status = /^SIP\/2\.0 (\d+)/.exec(text)?.[1];
    const method = /^CSeq: \d+ (\w+)/m.exec(text)?.[1] ?? text.split(' ')[0];
    return `${direction === 'sent' ? '>' : '<'} ${status === undefined ? '' : `${status} `}${method}`;
  });
}
