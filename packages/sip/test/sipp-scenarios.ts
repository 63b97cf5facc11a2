/*
 * What sipp does in our tests. `port` is where it says it can be reached: its own, or that of a relay before it.
 */

export const ownPort = '[local_port]';

const sdp = `v=0
      o=sipp 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 0
      a=rtpmap:0 PCMU/8000
`;

const contactAt = (port: string) => `Contact: <sip:sipp@[local_ip]:${port};transport=[transport]>`;
const withSdp = `Content-Type: application/sdp
      Content-Length: [len]

      ${sdp}`;
const empty = 'Content-Length: 0\n';

function scenario(name: string, steps: readonly string[]): string {
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="${name}">${steps.join('\n')}</scenario>
`;
}

function send(lines: readonly string[], attributes = ''): string {
  return `<send ${attributes}><![CDATA[\n\n      ${lines.join('\n      ')}\n    ]]></send>`;
}

function reply(status: string, rest: readonly string[], attributes = ''): string {
  const to = status.startsWith('200 BYE') ? '[last_To:]' : '[last_To:];tag=[pid]t[call_number]';
  const line = status.replace(' BYE', '');
  return send(
    [`SIP/2.0 ${line}`, '[last_Via:]', '[last_From:]', to, '[last_Call-ID:]', '[last_CSeq:]', ...rest],
    attributes,
  );
}

/**
 * Is called: 180, 200 with SDP (answer or offer), then waits for our BYE. Behind a relay it does not ring: sipp knows an INVITE again
 * only by what it sent right after it, and aborts the call when the 200 is not that.
 */
export function answers(port = ownPort): string {
  return scenario('answers', [
    '<recv request="INVITE"/>',
    ...(port === ownPort ? [reply('180 Ringing', [contactAt(port), empty])] : []),
    reply('200 OK', [contactAt(port), withSdp], 'retrans="200"'),
    '<recv request="ACK" optional="true"/>',
    '<recv request="BYE"/>',
    reply('200 BYE OK', [empty]),
    '<timewait milliseconds="3000"/>',
  ]);
}

/** Refuses the first INVITE of a call, and answers the one that comes then. */
export function refusesFirst(status: string, header: string): string {
  return scenario('refuses first', [
    '<recv request="INVITE"/>',
    reply(status, [header, empty], 'retrans="200"'),
    '<recv request="ACK"/>',
    '<recv request="INVITE"/>',
    reply('200 OK', [contactAt(ownPort), withSdp], 'retrans="200"'),
    '<recv request="ACK"/>',
    '<recv request="BYE"/>',
    reply('200 BYE OK', [empty]),
    '<timewait milliseconds="3000"/>',
  ]);
}

const ours = (method: string, cseq: number, to: string, port: string) => [
  `${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0`,
  'Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]',
  'Max-Forwards: 70',
  'From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]f[call_number]',
  `To: <sip:[service]@[remote_ip]:[remote_port]>${to}`,
  'Call-ID: [call_id]',
  `CSeq: ${cseq} ${method}`,
  contactAt(port),
];

function calls(name: string, inInvite: string, inAck: string, port: string): string {
  return scenario(name, [
    send([...ours('INVITE', 1, '', port), inInvite], 'retrans="200"'),
    '<recv response="100" optional="true"/>',
    '<recv response="180" optional="true"/>',
    '<recv response="200" rrs="true"/>',
    send([...ours('ACK', 1, '[peer_tag_param]', port), inAck]),
    '<pause milliseconds="2000"/>',
    send([...ours('BYE', 2, '[peer_tag_param]', port), empty], 'retrans="200"'),
    '<recv response="200"/>',
    '<timewait milliseconds="3000"/>',
  ]);
}

/** Calls with an offer, and hangs up. */
export function callsWithOffer(port = ownPort): string {
  return calls('calls with an offer', withSdp, empty, port);
}

/** Calls without one, answers in the ACK, and hangs up. */
export function callsOfferless(port = ownPort): string {
  return calls('calls without an offer', empty, withSdp, port);
}
