import type { Peer } from './ladder.ts';

/** A dialog as the peer sees it: From and To values with their tags. */
export interface DialogFacts {
  readonly callId: string;
  readonly ours: string;
  readonly theirs: string;
}

/** A request of the peer in the dialog. CSeq counts up by itself; an ACK says whose it is. */
export type Asks = (
  method: string,
  facts?: {
    readonly cseq?: number;
    readonly body?: string;
    readonly type?: string;
    readonly headers?: readonly string[];
    readonly branch?: string;
  },
) => Promise<void>;

export function asksIn(peer: Peer, { callId, ours, theirs }: DialogFacts, lastCSeq = 100): Asks {
  let count = lastCSeq;
  return (method, facts = {}) => {
    const { body = '', type = 'application/sdp', headers = [], branch = peer.newBranch() } = facts;
    const cseq = facts.cseq ?? (method === 'ACK' ? count : ++count);
    return peer.sends(
      [
        `${method} sip:alice-1@192.0.2.1:5060 SIP/2.0`,
        `Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${branch}`,
        `From: ${theirs}`,
        `To: ${ours}`,
        `Call-ID: ${callId}`,
        `CSeq: ${cseq} ${method}`,
        `Contact: ${peer.contact}`,
        ...headers,
        ...(body === '' ? [] : [`Content-Type: ${type}`]),
        '',
        body,
      ].join('\n'),
    );
  };
}
