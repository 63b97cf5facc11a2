import type { Jsep } from '@soft-handset/protocol';
import type { Side } from './recording/recording.ts';
import { staticCodecName } from './sdp-codecs.ts';
import { type Kind, kindOf } from './sdp-memory.ts';
import { attribute, hasFlag, type MediaSection, type SdpSections, splitSdp } from './sdp-sections.ts';

/** What an answer has left of an m-line. */
export interface AgreedLine {
  readonly kind: Kind;
  /** The handset's name for it. */
  readonly mid: string;
  /** In lower case; undefined where the SDP does not tell. */
  readonly codec: string | undefined;
  /** Who is to be heard. */
  readonly from: readonly Side[];
}

/** The m-lines of an answer on the handset's side that are not refused. RFC 3264 §6.1: its direction is that of both. */
export function agreedLines({ sdp }: Jsep, answeredBy: Side): readonly AgreedLine[] {
  const sections = splitSdp(sdp);
  return sections.media.flatMap((section, index) => {
    const kind = kindOf(section.media);
    if (!kind || section.port === 0) return [];
    const mid = attribute(section, 'mid') ?? String(index);
    return [{ kind, mid, codec: codecOf(section), from: heard(section, sections, answeredBy) }];
  });
}

function heard(section: MediaSection, { session }: SdpSections, answeredBy: Side): readonly Side[] {
  const other = answeredBy === 'handset' ? 'peer' : 'handset';
  const says = (direction: string): boolean =>
    hasFlag(section, direction) || (!hasDirection(section.lines) && session.includes(`a=${direction}`));
  if (says('inactive')) return [];
  if (says('sendonly')) return [answeredBy];
  return says('recvonly') ? [other] : [answeredBy, other];
}

function hasDirection(lines: readonly string[]): boolean {
  return lines.some((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line));
}

function codecOf(section: MediaSection): string | undefined {
  const [payload = ''] = section.payloads.split(' ');
  const map = section.lines.find((line) => line.startsWith(`a=rtpmap:${payload} `));
  const name = map?.split(' ')[1]?.split('/')[0] ?? staticCodecName(Number(payload));
  return name?.toLowerCase();
}
