import type { Jsep } from '@soft-handset/protocol';
import type { PlainSdp } from '../src/engine.ts';

/*
 * What Janus 1.1.2's NoSIP plugin makes of an SDP, as far as the adapter and the engine can see it, faults included:
 * a direction of the session does not count, port 0 in an offer is no refusal, what the browser refused gets a port.
 */

export function processed(type: PlainSdp['type'], sdp: string): Jsep {
  const sections = sectionsOf(sdp);
  const media = sections.map((lines, index) => {
    const [, kind = '', port = '', payloads = ''] = /^m=(\w+) (\d+) \S+ (.*)$/.exec(lines[0]!) ?? [];
    const mid = lines.find((line) => line.startsWith('a=mid:')) ?? `a=mid:${index}`;
    if (type === 'answer' && port === '0') {
      return [`m=${kind} 0 UDP/TLS/RTP/SAVPF 0`, 'c=IN IP4 192.0.2.2', 'a=inactive', mid];
    }
    return [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloads}`,
      'c=IN IP4 192.0.2.2',
      lines.find((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line)) ?? 'a=sendrecv',
      mid,
      'a=rtcp-mux',
      'a=ice-ufrag:a2BF',
      'a=ice-pwd:rFOB9ZkowQUGgpfTsztUZo',
      `a=setup:${type === 'offer' ? 'actpass' : 'active'}`,
      ...lines.filter((line) => /^a=(rtpmap|fmtp|rtcp-fb):/.test(line)),
      `a=msid:janus janus${index}`,
      'a=candidate:1 1 udp 2015363327 192.0.2.2 24816 typ host',
      'a=end-of-candidates',
    ];
  });
  const head = ['v=0', 'o=- 1 1 IN IP4 192.0.2.2', 's=-', 't=0 0', 'a=group:BUNDLE 0 1'];
  return { type, sdp: [...head, ...media.flat(), ''].join('\r\n') };
}

const leftOut = /^a=(ice-|fingerprint|setup|ssrc|rtcp-mux|candidate|end-of-candidates|rtcp:|bundle-only)/;

/** What the plugin makes of the `srtp` of a request, and of keys in the peer's offer. */
export interface ModelSrtp {
  readonly isMandatory: boolean;
  /** As in `a=crypto`: its own in an offer, the peer's in an answer. */
  readonly tag: string;
  readonly key: string;
  readonly profile: string;
}

export function generated(jsep: Jsep, srtp?: ModelSrtp): PlainSdp {
  const media = sectionsOf(jsep.sdp).map((lines, index) => {
    const payloads = /^m=\w+ \d+ \S+ (.*)$/.exec(lines[0]!)?.[1] ?? '';
    const kind = /^m=(\w+)/.exec(lines[0]!)?.[1] ?? '';
    return [
      `m=${kind} ${25_000 + 2 * index} RTP/${srtp?.isMandatory ? 'SAVP' : 'AVP'} ${payloads}`,
      'c=IN IP4 192.0.2.2',
      ...lines.slice(1).filter((line) => !line.startsWith('c=') && !leftOut.test(line)),
      ...(srtp ? [`a=crypto:${srtp.tag} ${srtp.profile} inline:${srtp.key}`] : []),
    ];
  });
  const head = ['v=0', 'o=- 6876296506490528492 2 IN IP4 1.1.1.1', 's=-', 't=0 0'];
  return { type: jsep.type, sdp: [...head, ...media.flat(), ''].join('\r\n') };
}

function sectionsOf(sdp: string): string[][] {
  const [, ...sections] = sdp.split(/(?=^m=)/m);
  return sections.map((section) => section.split('\r\n').filter((line) => line !== ''));
}
