import { expect, test } from 'vitest';
import { markReceived } from '../src/received.ts';
import { requestOf } from './text.ts';

/** The Vias of a request that came from 192.0.2.7, port 40000. */
function viasAfter(...vias: string[]): string[] {
  const lines = vias.map((via) => `Via: SIP/2.0/UDP ${via}`).join('\n');
  const request = requestOf(`OPTIONS sip:a@b SIP/2.0\nTo: <sip:a@b>\n${lines}\n\n`);
  markReceived(request, '192.0.2.7', 40000);
  return request.headers.list('Via').map((via) => via.replace('SIP/2.0/UDP ', ''));
}

for (const [what, given, then] of [
  ['the same address and no rport: nothing changes', '192.0.2.7:5060;branch=1', '192.0.2.7:5060;branch=1'],
  ['another address: received', '10.0.0.1:5060;branch=1', '10.0.0.1:5060;branch=1;received=192.0.2.7'],
  ['a name: received', 'phone.example;branch=1', 'phone.example;branch=1;received=192.0.2.7'],
  [
    'an empty rport: both, even from the same address',
    '192.0.2.7;rport;branch=1',
    '192.0.2.7;rport=40000;branch=1;received=192.0.2.7',
  ],
  [
    'a forged rport: overwritten',
    '10.0.0.1;rport=9;branch=1',
    '10.0.0.1;rport=40000;branch=1;received=192.0.2.7',
  ],
  ['a forged received: overwritten', '10.0.0.1;received=203.0.113.9', '10.0.0.1;received=192.0.2.7'],
  ['a forged received from the true address: removed', '192.0.2.7;received=203.0.113.9', '192.0.2.7'],
] as const) {
  test(what, () => {
    expect(viasAfter(given)).toEqual([then]);
  });
}

test('only the top Via is touched, on its own line or not', () => {
  expect(viasAfter('a;rport', 'b;rport')).toEqual(['a;rport=40000;received=192.0.2.7', 'b;rport']);
  expect(viasAfter('a;rport, SIP/2.0/TCP b;rport')).toEqual([
    'a;rport=40000;received=192.0.2.7',
    'SIP/2.0/TCP b;rport',
  ]);
});

test('a Via that makes no sense stays for the check to refuse', () => {
  expect(viasAfter('???')).toEqual(['???']);
});
