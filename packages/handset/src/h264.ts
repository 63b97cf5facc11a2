/*
 * H.264 as phones decode it: constrained baseline, packetization mode 1. Peers and hardware decoders show a black
 * picture for other profiles that a browser lists. RFC 6184 §8.1: profile-level-id is profile_idc, profile-iop, level_idc.
 */

const preferredProfile = '42e01f';

/** RFC 6184 table 5: baseline with constraint_set1, main with set0, extended with set0 and set1. */
export function isConstrainedBaseline(profileLevelId: string): boolean {
  const [profile, iop] = [profileLevelId.slice(0, 2), Number.parseInt(profileLevelId.slice(2, 4), 16)];
  switch (profile.toLowerCase()) {
    case '42':
      return (iop & 0x40) !== 0;
    case '4d':
      return (iop & 0x80) !== 0;
    case '58':
      return (iop & 0xc0) === 0xc0;
    default:
      return false;
  }
}

/** The order for `setCodecPreferences`: constrained baseline first, other H.264 left out; unchanged without it. */
export function preferredCodecs<C extends { mimeType: string; sdpFmtpLine?: string }>(
  codecs: readonly C[],
): C[] {
  const chosen = choose(
    codecs.filter(({ mimeType }) => mimeType.toLowerCase() === 'video/h264'),
    (codec) => codec.sdpFmtpLine ?? '',
  );
  if (chosen.length === 0) return [...codecs];
  return [...chosen, ...codecs.filter(({ mimeType }) => mimeType.toLowerCase() !== 'video/h264')];
}

/** The same on a description: the payload types of other H.264 leave it, with their retransmissions. */
export function preferConstrainedBaseline(sdp: string): string {
  return mapVideo(sdp, (lines) => {
    const codecs = readCodecs(lines);
    const isH264 = (pt: string) => codecs.get(pt)?.name === 'h264';
    const offered = payloadTypes(lines);
    const chosen = choose(offered.filter(isH264), (pt) => codecs.get(pt)?.parameters ?? '');
    if (chosen.length === 0) return lines;
    const dropped = new Set(offered.filter((pt) => isH264(pt) && !chosen.includes(pt)));
    const isKept = (pt: string) => !dropped.has(pt) && !dropped.has(codecs.get(pt)?.repairs ?? '');
    const first = chosen.flatMap((pt) => [
      pt,
      ...offered.filter((other) => codecs.get(other)?.repairs === pt),
    ]);
    const order = [...first, ...offered.filter((pt) => !first.includes(pt) && isKept(pt))];
    return writeCodecs(lines, order);
  });
}

/**
 * What is sent: the first H.264 says level 3.1 (`42e01f`), unless the device lists the `42e00d` of small decoders.
 * Only for the wire: the browser keeps its own words, and levels need not be equal (RFC 6184 §8.2.2, level-asymmetry).
 */
export function normaliseProfile(sdp: string): string {
  return mapVideo(sdp, (lines) => {
    const codecs = readCodecs(lines);
    const first = payloadTypes(lines).find((pt) => codecs.get(pt)?.name === 'h264');
    const profile = profileOf(codecs.get(first ?? '')?.parameters ?? '');
    if (first === undefined || !isConstrainedBaseline(profile) || profile === '42e00d') return lines;
    return withProfile(lines, first, preferredProfile);
  });
}

/**
 * An offer as the decoders of phones take it: where it has H.264 and none of it constrained baseline (SIP phones say
 * 42801f, 420029 or nothing), its H.264 is read as that; a browser that lists no such profile would refuse the picture.
 */
export function acceptableProfile(offer: string): string {
  return mapVideo(offer, (lines) => {
    const codecs = readCodecs(lines);
    const h264 = payloadTypes(lines).filter((pt) => codecs.get(pt)?.name === 'h264');
    const hasBaseline = h264.some((pt) => isConstrainedBaseline(profileOf(codecs.get(pt)?.parameters ?? '')));
    return hasBaseline ? lines : h264.reduce((all, pt) => withProfile(all, pt, preferredProfile), lines);
  });
}

/** Our answer with the profiles of the offer again: RFC 6184 §8.2.2 wants them the same. */
export function answeredProfile(answer: string, offer: string): string {
  const offered = videoCodecs(offer);
  return mapVideo(answer, (lines) =>
    payloadTypes(lines).reduce((all, pt) => {
      const codec = offered.get(pt);
      const profile = profileOf(codec?.parameters ?? '');
      return codec?.name === 'h264' && profile !== '' ? withProfile(all, pt, profile) : all;
    }, lines),
  );
}

/** Constrained baseline, packetization mode 1 where there is one, 42e01f first. */
function choose<T>(h264: readonly T[], parameters: (codec: T) => string): T[] {
  const baseline = h264.filter((codec) => isConstrainedBaseline(profileOf(parameters(codec))));
  const mode1 = baseline.filter((codec) => /packetization-mode=1/.test(parameters(codec)));
  const chosen = mode1.length > 0 ? mode1 : baseline;
  const isPreferred = (codec: T) => profileOf(parameters(codec)) === preferredProfile;
  return [...chosen.filter(isPreferred), ...chosen.filter((codec) => !isPreferred(codec))];
}

function profileOf(parameters: string): string {
  return (/profile-level-id=([0-9a-fA-F]{6})/.exec(parameters)?.[1] ?? '').toLowerCase();
}

/** The lines with this profile for one payload type, said anew where it is not said. */
function withProfile(lines: readonly string[], pt: string, profile: string): string[] {
  const said = `profile-level-id=${profile}`;
  const pattern = /profile-level-id=[0-9a-fA-F]{6}/;
  const isSilent = !lines.some((line) => line.startsWith(`a=fmtp:${pt} `));
  return lines.flatMap((line) => {
    if (isSilent && line.startsWith(`a=rtpmap:${pt} `)) return [line, `a=fmtp:${pt} ${said}`];
    if (!line.startsWith(`a=fmtp:${pt} `)) return [line];
    return [pattern.test(line) ? line.replace(pattern, said) : `${line};${said}`];
  });
}

interface Codec {
  name: string;
  parameters: string;
  /** The payload type that this one repeats (RFC 4588 `apt`). */
  repairs: string | undefined;
}

function readCodecs(lines: readonly string[]): Map<string, Codec> {
  const codecs = new Map<string, Codec>();
  for (const line of lines) {
    const [, kind, pt = '', rest = ''] = /^a=(rtpmap|fmtp):(\d+) (.*)$/.exec(line) ?? [];
    if (kind === undefined) continue;
    const codec = codecs.get(pt) ?? { name: '', parameters: '', repairs: undefined };
    if (kind === 'rtpmap') codec.name = rest.split('/')[0]?.toLowerCase() ?? '';
    else Object.assign(codec, { parameters: rest, repairs: /(?:^|;)\s*apt=(\d+)/.exec(rest)?.[1] });
    codecs.set(pt, codec);
  }
  return codecs;
}

function videoCodecs(sdp: string): Map<string, Codec> {
  const section = sdp.split(/^(?=m=)/m).find((text) => text.startsWith('m=video ')) ?? '';
  return readCodecs(section.split(/\r?\n/));
}

function payloadTypes(lines: readonly string[]): string[] {
  return lines[0]?.split(' ').slice(3) ?? [];
}

function writeCodecs(lines: readonly string[], order: readonly string[]): string[] {
  const [media = '', ...rest] = lines;
  const isKept = (line: string) => {
    const pt = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line)?.[1];
    return pt === undefined || order.includes(pt);
  };
  return [[...media.split(' ').slice(0, 3), ...order].join(' '), ...rest.filter(isKept)];
}

/** Each video section through `change`; everything else as it is. */
function mapVideo(sdp: string, change: (lines: string[]) => string[]): string {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) => {
      if (!section.startsWith('m=video ')) return section;
      const end = section.includes('\r\n') ? '\r\n' : '\n';
      return change(section.split(end)).join(end);
    })
    .join('');
}
