/** What goes on of the media while we hold the peer, seen from us (RFC 3264 §8.4). */
export type HoldDirection = 'sendonly' | 'recvonly' | 'inactive';

/** Our SDP as it is while we hold the peer: each m-line does no more than before, and no more than that. Refused ones stay refused. */
export function heldSdp(sdp: string, held: HoldDirection | undefined): string {
  if (held === undefined) return sdp;
  const [session = '', ...sections] = sdp.split(/^(?=m=)/m);
  return session + sections.map((section) => restricted(section, held)).join('');
}

/** The same SDP as a later edition: the version in its o-line is that much higher (RFC 3264 §8). */
export function laterEdition(sdp: string, by: number): string {
  return sdp.replace(
    /^(o=\S+ \S+ )(\d+)/m,
    (_, head: string, version: string) => head + String(BigInt(version) + BigInt(by)),
  );
}

function restricted(section: string, held: HoldDirection): string {
  if (/^m=\S+ 0 /.test(section)) return section;
  const before = /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(section)?.[1] ?? 'sendrecv';
  const sends = canSend(before) && canSend(held);
  const receives = canReceive(before) && canReceive(held);
  const direction = sends ? 'sendonly' : receives ? 'recvonly' : 'inactive';
  return `${section.replace(/^a=(?:sendrecv|sendonly|recvonly|inactive)\r?\n/m, '')}a=${direction}\r\n`;
}

function canSend(direction: string): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

function canReceive(direction: string): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}
