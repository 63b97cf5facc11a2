import { parse, write, type MediaDescription } from 'sdp-transform';
import { mirrored, refused, sessionOf } from './sdp-parts.ts';

export type Law = 'PCMU' | 'PCMA';

/** What an offer and an answer agree on. */
export interface Agreed {
  readonly law: Law;
  readonly payloadType: number;
  /** Where the other end says that it listens. */
  readonly host: string;
  readonly port: number;
}

export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

const staticLaws: ReadonlyMap<number, Law> = new Map([
  [0, 'PCMU'],
  [8, 'PCMA'],
]);

/** G.711 in both laws: what every phone and every browser has. */
export function g711Offer(own: OwnAddress, version: number): string {
  const audio: MediaDescription = {
    type: 'audio',
    port: own.port,
    protocol: 'RTP/AVP',
    payloads: '8 0 101',
    rtp: [
      { payload: 8, codec: 'PCMA', rate: 8000 },
      { payload: 0, codec: 'PCMU', rate: 8000 },
      { payload: 101, codec: 'telephone-event', rate: 8000 },
    ],
    fmtp: [{ payload: 101, config: '0-16' }],
    ptime: 20,
    direction: 'sendrecv',
  };
  return write({ ...sessionOf('sound', own.host, own.port, version), media: [audio] });
}

/** Takes the first G.711 of the first audio, refuses the rest (RFC 3264 §6). Undefined: there is none, or it is no SDP. */
export function g711Answer(
  offer: string,
  own: OwnAddress,
  version: number,
): { readonly sdp: string; readonly agreed: Agreed } | undefined {
  const { media, direction, connection } = parse(offer);
  let agreed: Agreed | undefined;
  const answers = media.map((m): MediaDescription => {
    const found = agreed ? undefined : agreedOf(m, connection?.ip);
    if (!found) return refused(m);
    agreed = found;
    const { law, payloadType } = found;
    const event = m.rtp.find(({ codec, rate }) => /^telephone-event$/i.test(codec) && rate === 8000);
    return {
      type: 'audio',
      protocol: m.protocol,
      port: own.port,
      payloads: [payloadType, ...(event ? [event.payload] : [])].join(' '),
      rtp: [{ payload: payloadType, codec: law, rate: 8000 }, ...(event ? [event] : [])],
      fmtp: event ? [{ payload: event.payload, config: '0-16' }] : [],
      ptime: 20,
      direction: mirrored(m.direction ?? direction),
    };
  });
  return (
    agreed && { sdp: write({ ...sessionOf('sound', own.host, own.port, version), media: answers }), agreed }
  );
}

/** What an answer to our offer took. */
export function g711Agreed(answer: string): Agreed | undefined {
  const { media, connection } = parse(answer);
  return media.map((m) => agreedOf(m, connection?.ip)).find((one) => one !== undefined);
}

function agreedOf(m: MediaDescription, sessionHost: string | undefined): Agreed | undefined {
  if (m.type !== 'audio' || m.port === 0 || !/^RTP\/AVPF?$/.test(m.protocol)) return undefined;
  const host = m.connection?.ip ?? sessionHost ?? '';
  // sdp-transform makes a number of a lone one, whatever its types say.
  for (const payloadType of String(m.payloads).split(' ').map(Number)) {
    const named = m.rtp.find(({ payload }) => payload === payloadType);
    const law = named ? lawOf(named.codec, named.rate) : staticLaws.get(payloadType);
    if (law) return { law, payloadType, host, port: m.port };
  }
  return undefined;
}

function lawOf(codec: string, rate: number | undefined): Law | undefined {
  const name = codec.toUpperCase();
  return rate === 8000 && (name === 'PCMU' || name === 'PCMA') ? name : undefined;
}
