import { fuzzed } from '@soft-handset/parts/seeded';
import { expect, test } from 'vitest';
import { established, ourSdp, peerSdp } from './established.ts';
import { recorder } from './ladder.ts';
import type { Heard } from './ladder.ts';

const oddities = [
  '',
  ';',
  ',',
  '<',
  '>',
  '"',
  '%',
  '%zz',
  '\\',
  ':',
  '@',
  '?',
  '\t',
  '\u0000',
  'é',
  '9'.repeat(40),
  '-1',
  'sip:',
  '<sip:>',
  ';tag=',
  '*',
];

function mutate(text: string, random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const lines = text.split('\n');
  const at = Math.floor(random() * lines.length);
  const line = lines[at]!;
  const cut = Math.floor(random() * (line.length + 1));
  switch (Math.floor(random() * 7)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, pick(lines));
      break;
    case 2:
      lines[at] = line.slice(0, cut) + pick(oddities) + line.slice(cut);
      break;
    case 3:
      lines[at] = line.slice(0, cut);
      break;
    case 4:
      lines[at] = `${line.split(':')[0]}: ${pick(oddities)}`;
      break;
    case 5:
      lines[at] = line.replace(/\d+/, pick(['0', '4294967296', '699', '100', '199', '299', 'x']));
      break;
    default:
      lines[at] = line.slice(0, cut) + line.slice(cut + 1 + Math.floor(random() * 8));
  }
  return lines.join('\n');
}

for (const role of ['uac', 'uas'] as const) {
  test(
    `whatever a peer makes of its messages, nothing throws and the call stands (${role})`,
    { timeout: 300_000 },
    async () => {
      const made = await established(role);
      const { peer, stack, session, errors, events } = made;
      const random = fuzzed(role === 'uac' ? 1 : 2);
      const userAgent = stack.createUserAgent({ aor: 'sip:carol@example.org', contactUser: 'carol' });
      userAgent.onInvite = (incoming) => {
        incoming.attach({ ended: () => undefined, reoffered: (offer) => offer.accept(ourSdp) });
        const choice = random();
        if (choice < 0.5) incoming.ring();
        if (choice < 0.7) incoming.accept(ourSdp);
        else if (choice < 0.9) incoming.reject(486);
      };
      const requests = (round: number) => {
        const via = `Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKf${round}`;
        const call = `Call-ID: f${Math.floor(round / 4)}`;
        return [
          `INVITE sip:carol@192.0.2.1:5060 SIP/2.0\n${via}\nMax-Forwards: 70\nFrom: "F" <sip:f@192.0.2.9>;tag=f\nTo: <sip:carol@192.0.2.1>\n${call}\nCSeq: 1 INVITE\nContact: <sip:f@192.0.2.9>\nRecord-Route: <sip:192.0.2.9;lr>\nContent-Type: application/sdp\n\n${peerSdp}`,
          `CANCEL sip:carol@192.0.2.1:5060 SIP/2.0\n${via}\nFrom: <sip:f@192.0.2.9>;tag=f\nTo: <sip:carol@192.0.2.1>\n${call}\nCSeq: 1 CANCEL\n\n`,
          `UPDATE sip:carol@192.0.2.1:5060 SIP/2.0\n${via}\nFrom: <sip:f@192.0.2.9>;tag=f\nTo: <sip:carol@192.0.2.1>;tag=00\n${call}\nCSeq: 2 UPDATE\nContact: <sip:f@192.0.2.9>\n\n`,
          `OPTIONS sip:carol@192.0.2.1:5060 SIP/2.0\n${via}\nFrom: <sip:f@192.0.2.9>;tag=f\nTo: <sip:carol@192.0.2.1>\n${call}\nCSeq: 3 OPTIONS\nRequire: x\n\n`,
        ];
      };
      const response = (request: Heard, status: string) =>
        `SIP/2.0 ${status}\n${request
          .all('Via')
          .map((via) => `Via: ${via}\n`)
          .join(
            '',
          )}From: ${request.header('From')}\nTo: ${request.header('To')};tag=r\nCall-ID: ${request.header('Call-ID')}\nCSeq: ${request.header('CSeq')}\nContact: <sip:f@192.0.2.9>\nRecord-Route: <sip:192.0.2.9;lr>\nWWW-Authenticate: Digest realm="x", nonce="y", qop="auth"\nContent-Type: application/sdp\n\n${peerSdp}`;

      for (let round = 0; round < 400; round++) {
        for (const text of requests(round)) await peer.sends(mutate(text, random));
        const outgoing = userAgent.invite(
          'sip:f@192.0.2.9',
          recorder().handler,
          round % 2 ? {} : { sdp: ourSdp },
        );
        const invite = peer.drain().find((one) => one.header('Call-ID') === outgoing.callId)!;
        for (const status of ['180 Ringing', '401 Unauthorized', '200 OK', '486 Busy Here']) {
          await peer.sends(mutate(response(invite, status), random));
        }
        outgoing.ack(ourSdp);
        outgoing.end();
        peer.drain();
        if (round % 50 === 49) {
          await peer.waits(5_000);
          peer.drain();
        }
      }

      expect(errors).toEqual([]);
      expect(stack.stats['caughtExceptions']).toBeUndefined();
      expect(session.state).toBe('confirmed');
      expect(events).toEqual([]);
      await made.clock.advance(400_000);
      expect(stack.counts()).toMatchObject({ transactions: 0, sessions: 1 });
    },
  );
}
