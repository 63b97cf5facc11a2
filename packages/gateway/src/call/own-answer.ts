export interface OwnAnswer {
  readonly answer: string;
  /** What the offer says of the media that run. */
  readonly kept: string;
}

/**
 * What the server says to a new offer of the peer without asking the browser (`autoaccept_reinvites`): our SDP as it holds, each
 * m-line no further than the offer lets it (RFC 3264 §6). Media beyond those that run are refused.
 * Undefined where only the browser can say: an m-line of another kind, a codec of ours that is gone or has another number,
 * keys for SRTP.
 */
export function ownAnswer(offer: string, local: string): OwnAnswer | undefined {
  const theirs = sectionsOf(offer).sections;
  const { session, sections: ours } = sectionsOf(local);
  if (ours.length === 0 || ours.length > theirs.length) return undefined;
  if (`${offer}${local}`.includes('\na=crypto:')) return undefined;
  const direction = directionIn(sectionsOf(offer).session) ?? 'sendrecv';
  const answered = theirs.map((section, at) => answerTo(section, ours[at], direction));
  if (answered.includes(undefined)) return undefined;
  const kept = sectionsOf(offer).session + theirs.slice(0, ours.length).join('');
  return { answer: session + answered.join(''), kept };
}

function answerTo(offered: string, ours: string | undefined, usual: string): string | undefined {
  const [, kind, port] = mLine(offered);
  if (ours === undefined) return refusal(offered);
  if (mLine(ours)[1] !== kind) return undefined;
  if (port === '0') return refusal(offered);
  if (mLine(ours)[2] === '0') return ours;
  const kept = formatsOf(ours).filter((format) => codec(ours, format) === codec(offered, format));
  if (kept[0] === undefined || kept[0] !== formatsOf(ours)[0]) return undefined;
  const theirs = directionIn(offered) ?? usual;
  const before = directionIn(ours) ?? 'sendrecv';
  const sends = /send/.test(before) && /recv/.test(theirs);
  const receives = /recv/.test(before) && /send/.test(theirs);
  const direction = sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
  return `${withFormats(ours, kept).replace(directionLine, '')}a=${direction}\r\n`;
}

const directionLine = /^a=(sendrecv|sendonly|recvonly|inactive)\r?\n/m;

function directionIn(text: string): string | undefined {
  return directionLine.exec(text)?.[1];
}

function sectionsOf(sdp: string): { readonly session: string; readonly sections: readonly string[] } {
  const [session = '', ...sections] = sdp.split(/^(?=m=)/m);
  return { session, sections };
}

/** RFC 3264 §6: port 0, with what was offered. */
function refusal(section: string): string {
  const [, kind, , protocol, formats] = mLine(section);
  return `m=${kind} 0 ${protocol} ${formats}\r\n`;
}

function mLine(section: string): readonly [string, string, string, string, string] {
  const [whole = '', kind = '', port = '', protocol = '', formats = ''] =
    /^m=(\S+) (\d+)\S* (\S+) ?([^\r\n]*)/.exec(section) ?? [];
  return [whole, kind, port, protocol, formats];
}

function formatsOf(section: string): readonly string[] {
  return mLine(section)[4].split(' ');
}

/** RFC 3551 §6: the static numbers are what they are without an rtpmap. */
function codec(section: string, format: string): string | undefined {
  if (!formatsOf(section).includes(format)) return undefined;
  const named = new RegExp(`^a=rtpmap:${format} (\\S+)`, 'm').exec(section)?.[1];
  return named?.toLowerCase().replace(/\/1$/, '') ?? staticNames[format] ?? format;
}

const staticNames: Readonly<Record<string, string>> = { 0: 'pcmu/8000', 8: 'pcma/8000', 9: 'g722/8000' };

function withFormats(section: string, kept: readonly string[]): string {
  const gone = formatsOf(section).filter((format) => !kept.includes(format));
  const [first = '', ...lines] = section.split(/(?<=\n)/);
  const isKept = (line: string): boolean =>
    !gone.some((format) => new RegExp(`^a=(rtpmap|fmtp|rtcp-fb):${format} `).test(line));
  return first.replace(formatsOf(section).join(' '), kept.join(' ')) + lines.filter(isKept).join('');
}
