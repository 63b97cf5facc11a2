import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/** What https is served with, and the names it is good for. */
export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly isSelfSigned: boolean;
  readonly expires: Date;
  /** Sentences for the log: about to expire. */
  readonly warnings: readonly string[];
  /** Whether a host name or an IP address is one of its names. */
  covers(host: string): boolean;
}

/** The certificate cannot be used; the message is fit to be shown. */
export class CertificateError extends StartError {
  override readonly name = 'CertificateError';
}

export interface OwnCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface SelfSignedOptions {
  /** Folder to keep it in. */
  readonly folder: string;
  /** Host names and IP addresses. */
  readonly names: readonly string[];
  readonly now: Date;
}

const day = 86_400_000;
/** Browsers refuse certificates that live longer than 398 days. */
const lifeDays = 397;
const renewDays = 30;

/** The user's own certificate. @throws CertificateError */
export async function readCertificate(files: OwnCertificate, now: Date): Promise<Certificate> {
  const cert = await readPem('The certificate', files.certFile);
  const key = await readPem('The private key', files.keyFile);
  const { x509, matches } = check(cert, key, files);
  if (!matches) {
    throw new CertificateError(`The private key ${files.keyFile} does not belong to ${files.certFile}`);
  }
  const daysLeft = Math.floor((Date.parse(x509.validTo) - now.getTime()) / day);
  // No browser opens a WebSocket over it, and none asks its user about that.
  if (daysLeft < 0)
    throw new CertificateError(`The certificate ${files.certFile} has expired on ${x509.validTo}`);
  const warnings = daysLeft < 14 ? [`the certificate ${files.certFile} expires in ${daysLeft} days`] : [];
  return { ...describe(x509, cert, key), warnings };
}

/**
 * A certificate of our own making, made at the first start and kept: a browser that has accepted it once need not be asked
 * again. It is made anew when it is about to expire, when a name is missing in it, or when its files are damaged.
 */
export async function selfSignedCertificate(options: SelfSignedOptions): Promise<Certificate> {
  return (await readKept(options)) ?? (await make(options));
}

async function readKept({ folder, names, now }: SelfSignedOptions): Promise<Certificate | undefined> {
  const files = filesIn(folder);
  try {
    const kept = await readCertificate(files, now);
    const isFresh = kept.expires.getTime() - now.getTime() > renewDays * day;
    return isFresh && names.every((name) => kept.covers(name)) ? kept : undefined;
  } catch (error) {
    // Not there yet, or damaged: a new one puts either right.
    if (error instanceof CertificateError) return undefined;
    throw error;
  }
}

async function make({ folder, names, now }: SelfSignedOptions): Promise<Certificate> {
  // Loaded only where it is needed: it is large.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'Soft Handset' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // Clocks of phones are sometimes behind.
    notBeforeDate: new Date(now.getTime() - day),
    notAfterDate: new Date(now.getTime() + (lifeDays - 1) * day),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  });
  await keep(folder, made.cert, made.private);
  return { ...describe(new X509Certificate(made.cert), made.cert, made.private), warnings: [] };
}

async function keep(folder: string, cert: string, key: string): Promise<void> {
  const { certFile, keyFile } = filesIn(folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replace(keyFile, key, 0o600);
    await replace(certFile, cert, 0o644);
  } catch (cause) {
    throw new CertificateError(`The certificate cannot be kept in ${folder} (${codeOf(cause)})`, { cause });
  }
}

/** Whole or not at all, also when the power goes. */
async function replace(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await chmod(`${file}.new`, mode);
  await rename(`${file}.new`, file);
}

function filesIn(folder: string): OwnCertificate {
  return { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
}

async function readPem(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CertificateError(`${what} ${file} cannot be read (${codeOf(cause)})`, { cause });
  }
}

function check(
  cert: string,
  key: string,
  files: OwnCertificate,
): { x509: X509Certificate; matches: boolean } {
  const x509 = parse(() => new X509Certificate(cert), `${files.certFile} is no certificate in PEM form`);
  const privateKey = parse(() => createPrivateKey(key), `${files.keyFile} is no private key in PEM form`);
  return { x509, matches: x509.checkPrivateKey(privateKey) };
}

function parse<T>(read: () => T, complaint: string): T {
  try {
    return read();
  } catch (cause) {
    throw new CertificateError(complaint, { cause });
  }
}

function describe(x509: X509Certificate, cert: string, key: string): Omit<Certificate, 'warnings'> {
  return {
    cert,
    key,
    isSelfSigned: x509.issuer === x509.subject,
    expires: new Date(x509.validTo),
    covers: (host) => (isIP(host) === 0 ? x509.checkHost(host) : x509.checkIP(host)) !== undefined,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
