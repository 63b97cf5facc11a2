import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TlsCredentials } from '@soft-handset/sip';
import { CertificateError, readCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import type { Config } from './config/config.ts';
import type { Log } from './log.ts';

/**
 * Who we are towards SIP over TLS, and whom we believe: a certificate named for SIP, else, where we listen, that of the page.
 * @throws CertificateError
 */
export async function sipCredentials(
  { tls }: Config['sip'],
  ofPage: Pick<Certificate, 'cert' | 'key'>,
  log: Log,
): Promise<TlsCredentials> {
  const { certFile, keyFile, caFile, acceptSelfSigned } = tls;
  const ca = caFile === undefined ? undefined : await readAuthorities(caFile);
  const own =
    certFile !== undefined && keyFile !== undefined
      ? await readCertificate({ certFile, keyFile }, new Date())
      : undefined;
  for (const warning of own?.warnings ?? []) log.warn({}, warning);
  const shown = own ?? (tls.port === undefined ? undefined : ofPage);
  return { ...(shown && { cert: shown.cert, key: shown.key }), ca, acceptSelfSigned };
}

async function readAuthorities(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CertificateError(`The authorities ${file} cannot be read`, { cause });
  }
  try {
    new X509Certificate(text);
  } catch (cause) {
    throw new CertificateError(`${file} has no certificate in PEM form`, { cause });
  }
  return text;
}
