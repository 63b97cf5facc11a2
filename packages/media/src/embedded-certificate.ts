import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** As in `a=fingerprint` (RFC 8122 §5). */
  readonly fingerprint: string;
}

const validMs = 30 * 24 * 3600 * 1000;

/**
 * A self-signed certificate for DTLS: nobody looks at more of it than its fingerprint (RFC 8827 §6.5), so it has only what
 * X.509 demands (RFC 5280 §4.1): ECDSA with P-256 and SHA-256, a random number, one name.
 */
export function selfSignedCertificate(nowMs: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(commonName, der(0x0c, Buffer.from('soft-handset')))));
  const serial = randomBytes(8);
  serial[0] = 0x40 | (serial.readUInt8(0) & 0x3f);
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    name,
    sequence(utcTime(nowMs - validMs), utcTime(nowMs + validMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const digest = createHash('sha256').update(certificate).digest('hex').toUpperCase();
  return {
    certificatePem: pem('CERTIFICATE', certificate),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint: `sha-256 ${digest.match(/../g)?.join(':') ?? ''}`,
  };
}

/** RFC 5480: 1.2.840.10045.4.3.2. */
const ecdsaWithSha256 = sequence(Buffer.from([0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
/** X.520: 2.5.4.3. */
const commonName = Buffer.from([0x06, 3, 0x55, 4, 3]);

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function set(...parts: readonly Buffer[]): Buffer {
  return der(0x31, ...parts);
}

function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

/** X.690 §8.1: tag, length, contents. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), contents]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), contents]);
}

function pem(what: string, contents: Buffer): string {
  const lines = contents.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${what}-----`, ...lines, `-----END ${what}-----`, ''].join('\n');
}
