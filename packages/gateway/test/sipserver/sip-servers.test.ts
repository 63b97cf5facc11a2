import { parseUri } from '@soft-handset/sip';
import { describe, expect, test } from 'vitest';
import { SipServers } from '../../src/sipserver/sip-servers.ts';

const servers = new SipServers([
  { name: 'plain', uri: 'sip:10.0.0.5' },
  { name: 'same by tcp', uri: 'sip:10.0.0.5;transport=tcp' },
  { name: 'tcp only', uri: 'sip:pbx.example:5080;transport=tcp' },
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
  ])('%s: %s', (proxy, name) => {
    const uri = parseUri(proxy);

    expect(uri && servers.at(uri)?.name).toBe(name);
  });
});
