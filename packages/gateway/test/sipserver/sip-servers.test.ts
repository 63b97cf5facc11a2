import { parseUri } from '@soft-handset/sip';
import { describe, expect, test } from 'vitest';
import { SipServers } from '../../src/sipserver/sip-servers.ts';

const servers = new SipServers([
  { name: 'plain', uri: 'sip:10.0.0.5' },
  { name: 'same by tcp', uri: 'sip:10.0.0.5;transport=tcp' },
  { name: 'tcp only', uri: 'sip:pbx.example:5080;transport=tcp' },
  { name: 'tls', uri: 'sips:tls.example' },
  { name: 'two', uri: 'sip:one.example', backups: ['sip:two.example;transport=tcp'] },
  { name: 'wss', uri: 'sip:web.example;transport=wss' },
]);

describe('the configured server that a proxy means', () => {
  test.each([
    ['sip:10.0.0.5:5060', 'plain'],
    ['sip:10.0.0.5;transport=tcp', 'same by tcp'],
    ['sip:1001@PBX.example:5080', 'tcp only'],
    ['sip:pbx.example:5080;transport=tcp', 'tcp only'],
    ['sip:pbx.example:5080;transport=udp', undefined],
    ['sip:pbx.example', undefined],
    ['sips:pbx.example:5080', undefined],
    ['sip:tls.example:5061;transport=tls', 'tls'],
    ['sip:tls.example:5061', 'tls'],
    ['sip:tls.example', 'tls'],
    ['sip:two.example', 'two'],
    ['sips:web.example;transport=ws', 'wss'],
    ['sip:web.example:443', 'wss'],
    ['sip:web.example;transport=ws', undefined],
  ])('%s: %s', (proxy, name) => {
    const uri = parseUri(proxy);

    expect(uri && servers.at(uri)?.name).toBe(name);
  });
});
