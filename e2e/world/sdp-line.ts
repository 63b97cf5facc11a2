/** What a handset can see of an SDP: `sdp(audio,mid:0,sendrecv,candidate;video,mid:1,sendrecv,candidate)`. */
export function sdpLine(sdp: string): string {
  const [, ...sections] = sdp.split(/^m=/m);
  return `sdp(${sections.map(sectionLine).join(';')})`;
}

function sectionLine(section: string): string {
  const [, kind, port] = /^(\w+) (\d+)/.exec(section) ?? [];
  const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(section)?.[1] ?? 'sendrecv';
  return [
    port === '0' ? `no ${kind}` : kind,
    `mid:${mid}`,
    ...(port === '0' ? [] : [direction]),
    ...(/^a=candidate:/m.test(section) ? ['candidate'] : []),
  ].join(',');
}
