import { readFileSync } from 'node:fs';
import type { Jsep } from '@soft-handset/protocol';

/*
 * A browser in text: offers taken from Chromium 156, and answers made in its manner. ICE with it never comes up.
 */

export type OfferName = 'audio' | 'audio-video' | 'audio-video-data';

export function browserOffer(name: OfferName): Jsep {
  return { type: 'offer', sdp: fixture(`chromium-offer-${name}.sdp`) };
}

/** SDP has CRLF, whatever the checkout made of the file. */
export function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8').replaceAll(/\r?\n/g, '\r\n');
}

const codecs = /^(opus|g722|pcmu|pcma|telephone-event|h264|vp8)$/i;
const staticNames: Record<string, string> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722', 18: 'G729' };

/** Chromium's answer: an m-line without a codec of its own is refused, a direction turned around. */
export function browserAnswer(offer: Jsep, refuse: readonly string[] = []): Jsep {
  const [session = '', ...sections] = offer.sdp.split(/(?=^m=)/m);
  const media = sections.map((section) => answerSection(section, refuse));
  const live = media.filter((section) => !/^m=\w+ 0 /.test(section));
  const mids = live.map((section) => /^a=mid:(.*)$/m.exec(section)?.[1]?.trim());
  const head = [
    'v=0',
    `o=- 4611731400430051337 ${1 + session.length} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
  ];
  return { type: 'answer', sdp: [...head, ''].join('\r\n') + media.join('') };
}

const turned: Record<string, string> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

function answerSection(section: string, refuse: readonly string[]): string {
  const lines = section.trim().split(/\r\n/);
  const [, kind = '', port = '', protocol = '', list = ''] =
    /^m=(\w+) (\d+) (\S+) (.*)$/.exec(lines[0]!) ?? [];
  const nameOf = (payload: string): string =>
    lines.map((line) => new RegExp(`^a=rtpmap:${payload} ([^/]+)`).exec(line)?.[1]).find(Boolean) ??
    staticNames[payload] ??
    '';
  const payloads = list.split(' ').filter((payload) => codecs.test(nameOf(payload)));
  const mid = lines.find((line) => line.startsWith('a=mid:')) ?? 'a=mid:?';
  const isRefused =
    port === '0' || refuse.includes(kind) || !payloads.some((each) => nameOf(each) !== 'telephone-event');
  if (isRefused)
    return [`m=${kind} 0 ${protocol} ${list}`, 'c=IN IP4 0.0.0.0', 'a=inactive', mid, ''].join('\r\n');
  const direction = lines.find((line) => turned[line.slice(2)])?.slice(2) ?? 'sendrecv';
  return [
    `m=${kind} 9 ${protocol} ${payloads.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=ice-ufrag:Qy1b',
    'a=ice-pwd:zUQ1N0vNd8f0Pq3yA6M2x7Lk',
    'a=ice-options:trickle',
    'a=fingerprint:sha-256 2B:87:65:38:AF:30:94:B7:A7:27:73:AA:26:A3:03:F4:88:2C:7A:0D:0C:88:E3:14:EB:B9:A5:E3:E6:FF:A2:51',
    'a=setup:active',
    mid,
    `a=${turned[direction]}`,
    'a=msid:- 7c7ad98e-80f1-40f3-be36-0d3c16528fda',
    'a=rtcp-mux',
    ...lines.filter((line) => {
      const [, payload = '?'] = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line) ?? [];
      return payloads.includes(payload);
    }),
    'a=ssrc:2867862807 cname:5ozCyYVSux5U1rWy',
    '',
  ].join('\r\n');
}
