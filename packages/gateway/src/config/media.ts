import { isIP } from 'node:net';
import type { Fault } from './accounts.ts';
import type { JanusPart, MediaPart } from './media-schema.ts';

/** A Janus server that runs already. */
export interface JanusServerConfig {
  /** By which logs, metrics and operators know it. */
  readonly name: string;
  readonly url: string;
  readonly apiSecret?: string;
  /** It gets no new calls; those it has stay. */
  readonly drain: boolean;
}

interface MediaParts {
  readonly media: MediaPart;
  readonly janus: JanusPart;
}

export type MediaChoice = 'embedded' | 'Janus servers' | 'a Janus of this machine';

/** What the settings ask for. Naming a Janus, one that runs or a program to start, asks for Janus. */
export function chosenMedia({ media: { engine }, janus }: MediaParts): MediaChoice {
  const areNamed = janusServers(janus).length > 0;
  if (engine === 'embedded' || (engine === 'auto' && !areNamed && janus.binary === undefined))
    return 'embedded';
  return areNamed ? 'Janus servers' : 'a Janus of this machine';
}

/** The Janus servers that the settings name. */
export function janusServers({ url, apiSecret, servers }: JanusPart): readonly JanusServerConfig[] {
  const all = url === undefined ? servers : [{ url, drain: false }, ...servers];
  return all.map((server) => ({
    name: placeOf(server.url),
    ...(apiSecret !== undefined && { apiSecret }),
    ...server,
  }));
}

/** What the schema cannot see: parts that do not go together. */
export function mediaFaults({ media, janus }: MediaParts): readonly Fault[] {
  const { rtpAddress, otherRtpAddress, rtpPorts, icePorts, icePort } = media.embedded;
  const at = (key: string): readonly string[] => ['media', 'embedded', key];
  const faults: Fault[] = [];
  // RTP and RTCP of one m-line take an even port and the next one (RFC 3550 §11).
  if (rtpPorts && rtpPorts.from + (rtpPorts.from % 2) >= rtpPorts.to)
    faults.push({ path: at('rtpPorts'), text: 'expected at least an even port and the one after it' });
  if (otherRtpAddress !== undefined && rtpAddress !== undefined && isIP(rtpAddress) === isIP(otherRtpAddress))
    faults.push({ path: at('otherRtpAddress'), text: 'expected an address of the other IP family' });
  if (icePorts && icePorts.from > icePorts.to)
    faults.push({ path: at('icePorts'), text: 'expected "from" to be no more than "to"' });
  if (icePorts && icePort !== undefined)
    faults.push({ path: at('icePort'), text: 'give one port or a range of ports, not both' });
  if (janus.url !== undefined && janus.servers.length > 0)
    faults.push({ path: ['janus', 'url'], text: 'give one url or a list of servers, not both' });
  return [...faults, ...repeated(janus)];
}

function repeated({ servers }: JanusPart): readonly Fault[] {
  const names = servers.map(({ name, url }) => name ?? placeOf(url));
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: ['janus', 'servers', index], text: `"${name}" is there twice: give each a name of its own` }]
      : [],
  );
}

/** `host:port` of a URL, without its path, which may hold a token. */
function placeOf(url: string): string {
  return new URL(url).host;
}
