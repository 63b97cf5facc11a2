import { generate } from 'selfsigned';

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is for: DNS names, IP addresses, URIs. */
export interface Names {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly uri?: readonly string[];
  readonly commonName?: string;
}

const everyday = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** An authority of a test's own. */
export async function makeAuthority(): Promise<TestCertificate> {
  const made = await generate([{ name: 'commonName', value: 'Authority of a test' }], {
    ...everyday,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** Signed by the authority, or without one by itself. */
export async function makeCertificate(names: Names, authority?: TestCertificate): Promise<TestCertificate> {
  const altNames = [
    ...(names.dns ?? []).map((value) => ({ type: 2 as const, value })),
    ...(names.uri ?? []).map((value) => ({ type: 6 as const, value })),
    ...(names.ip ?? []).map((ip) => ({ type: 7 as const, ip })),
  ];
  const made = await generate([{ name: 'commonName', value: names.commonName ?? 'Server of a test' }], {
    ...everyday,
    ...(authority && { ca: authority }),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      ...(altNames.length > 0 ? [{ name: 'subjectAltName' as const, altNames }] : []),
    ],
  });
  return { cert: made.cert, key: made.private };
}
