/** An INVITE as a desk phone sends it through a PBX: two hops, audio with the usual codecs. */
export const typicalInvite = withLength(
  [
    'INVITE sip:1002@192.0.2.20:5060;transport=udp SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK7d1f2c6a.1;rport=5060;received=192.0.2.10',
    'Via: SIP/2.0/UDP 198.51.100.7:5062;rport=41234;branch=z9hG4bK-524287-1---c1a07f9e2b3d4455',
    'Record-Route: <sip:192.0.2.10;lr;ftag=a73kszlfl>',
    'Max-Forwards: 69',
    'From: "Anna Li" <sip:1001@pbx.example.com>;tag=a73kszlfl',
    'To: <sip:1002@pbx.example.com>',
    'Call-ID: 4f1d3c70-9a2e-4b3b-8a55-0d6f1e2c7b90@198.51.100.7',
    'CSeq: 102 INVITE',
    'Contact: <sip:1001@198.51.100.7:5062;ob>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"',
    'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK, MESSAGE, INFO',
    'Supported: replaces, timer, path, outbound, gruu',
    'Session-Expires: 1800;refresher=uac',
    'Min-SE: 90',
    'User-Agent: DeskPhone/4.2.1',
    'P-Asserted-Identity: "Anna Li" <sip:1001@pbx.example.com>',
    'Content-Type: application/sdp',
  ],
  [
    'v=0',
    'o=- 3890135204 3890135204 IN IP4 198.51.100.7',
    's=call',
    'c=IN IP4 198.51.100.7',
    't=0 0',
    'm=audio 40020 RTP/AVP 9 8 0 101',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    'a=ptime:20',
    'a=sendrecv',
  ],
);

function withLength(head: readonly string[], body: readonly string[]): string {
  const text = body.map((line) => `${line}\r\n`).join('');
  return [...head, `Content-Length: ${Buffer.byteLength(text)}`, '', text].join('\r\n');
}
