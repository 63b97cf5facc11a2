import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { sipIdentities, sipIdentityFault } from '../src/tls-identity.ts';
import { makeCertificate } from '@soft-handset/parts/certificates';
import type { Names } from '@soft-handset/parts/certificates';

/** As Node hands it to a client. */
async function certificateFor(names: Names): Promise<PeerCertificate> {
  return new X509Certificate((await makeCertificate(names)).cert).toLegacyObject();
}

describe('RFC 5922 §7.1: whom a certificate speaks for', () => {
  test('the hosts of sip URIs without a user, and DNS names', async () => {
    const certificate = await certificateFor({
      uri: ['sip:example.com', 'sip:alice@user.example', 'sips:secure.example', 'https://web.example'],
      dns: ['pbx.example'],
      commonName: 'common.example',
    });

    expect(sipIdentities(certificate).sort()).toEqual(['example.com', 'pbx.example']);
  });

  test('the common name where there are no alternative names', async () => {
    expect(sipIdentities(await certificateFor({ commonName: 'old.example' }))).toEqual(['old.example']);
  });

  test('nobody where all alternative names are of other kinds', async () => {
    const certificate = await certificateFor({ uri: ['https://web.example'], commonName: 'old.example' });

    expect(sipIdentities(certificate)).toEqual([]);
  });

  test('a name that pretends to be several is one that matches nobody', () => {
    const certificate = { subjectaltname: 'URI:"sip:a.example, DNS:victim.example", DNS:b.example' };

    expect(sipIdentities(certificate as PeerCertificate)).toEqual(['b.example']);
  });
});

describe('RFC 5922 §7.2: whether it speaks for the SIP domain', () => {
  const cases: readonly (readonly [domain: string, names: Names, accepted: boolean])[] = [
    ['example.com', { uri: ['sip:example.com'] }, true],
    ['EXAMPLE.com.', { dns: ['example.COM'] }, true],
    ['sip.example.com', { dns: ['*.example.com'] }, false],
    ['sip.example.com', { dns: ['example.com'] }, false],
    ['example.com', { dns: ['sip.example.com'], commonName: 'example.com' }, false],
    ['192.0.2.1', { ip: ['192.0.2.1'] }, true],
    ['192.0.2.1', { dns: ['192.0.2.1'] }, false],
    ['2001:db8::1', { ip: ['2001:db8::1'] }, true],
  ];
  for (const [domain, names, accepted] of cases) {
    test(`${JSON.stringify(names)} is ${accepted ? '' : 'not '}good for ${domain}`, async () => {
      const fault = sipIdentityFault(domain, await certificateFor(names));

      expect(fault === undefined).toBe(accepted);
    });
  }
});
