import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { lanAddresses, ownNames } from '../src/addresses.ts';
import { readCertificate, selfSignedCertificate } from '../src/certificate.ts';

const day = 86_400_000;
const now = new Date('2026-11-22T12:00:00Z');
const names = ['localhost', '127.0.0.1', '::1', 'desk'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soft-handset-tls-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function pair(name: string, options: Parameters<typeof generate>[1] = {}) {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...options,
  });
  const certFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  await writeFile(certFile, made.cert);
  await writeFile(keyFile, made.private);
  return { certFile, keyFile };
}

describe('a certificate of our own making', () => {
  test('is good for its names, for as long as browsers like, and for TLS servers only', async () => {
    const made = await selfSignedCertificate({ folder: join(folder, 'tls'), names, now });

    expect(made.isSelfSigned).toBe(true);
    expect(names.map((name) => made.covers(name))).toEqual([true, true, true, true]);
    expect(['evil.example', '127.0.0.2', ''].map((name) => made.covers(name))).toEqual([false, false, false]);
    const x509 = new X509Certificate(made.cert);
    const days = (Date.parse(x509.validTo) - Date.parse(x509.validFrom)) / day;
    expect(days).toBe(397);
    expect(Date.parse(x509.validFrom)).toBeLessThan(now.getTime());
    expect(x509.ca).toBe(false);
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  test('is kept: its key for nobody else to read', async () => {
    const first = await selfSignedCertificate({ folder: join(folder, 'tls'), names, now });
    const again = await selfSignedCertificate({ folder: join(folder, 'tls'), names, now });

    expect(again.cert).toBe(first.cert);
    expect(((await stat(join(folder, 'tls/key.pem'))).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(join(folder, 'tls'))).mode & 0o777).toString(8)).toBe('700');
  });

  test.each([
    ['a name is missing', { names: [...names, '192.0.2.7'] }],
    ['it is about to expire', { now: new Date(now.getTime() + 367 * day) }],
  ])('is made anew when %s', async (_when, changed) => {
    const options = { folder: join(folder, 'tls'), names, now };
    const first = await selfSignedCertificate(options);

    const next = await selfSignedCertificate({ ...options, ...changed });

    expect(next.cert).not.toBe(first.cert);
    expect((await selfSignedCertificate({ ...options, ...changed })).cert).toBe(next.cert);
  });

  test('is kept until a month before it expires', async () => {
    const options = { folder: join(folder, 'tls'), names, now };
    const first = await selfSignedCertificate(options);

    const later = await selfSignedCertificate({ ...options, now: new Date(now.getTime() + 360 * day) });

    expect(later.cert).toBe(first.cert);
  });

  test('is made anew when its files are damaged', async () => {
    const options = { folder: join(folder, 'tls'), names, now };
    for (const file of ['cert.pem', 'key.pem']) {
      const first = await selfSignedCertificate(options);
      await writeFile(join(folder, 'tls', file), 'damaged');

      expect((await selfSignedCertificate(options)).cert).not.toBe(first.cert);
    }
  });

  test('that cannot be kept is one clear line', async () => {
    await writeFile(join(folder, 'file'), '');

    await expect(selfSignedCertificate({ folder: join(folder, 'file'), names, now })).rejects.toThrow(
      /^The certificate cannot be kept in .*file \((EEXIST|ENOTDIR)\)$/,
    );
  });
});

describe("the user's certificate", () => {
  test('is read, with the names it is good for', async () => {
    const altNames = [{ type: 2 as const, value: '*.phone.example' }];
    const files = await pair('own', { extensions: [{ name: 'subjectAltName', altNames }] });

    const read = await readCertificate(files, new Date());

    expect(read.covers('desk.phone.example')).toBe(true);
    expect(read.covers('phone.example')).toBe(false);
    expect(read.warnings).toEqual([]);
  });

  test('that is not there, no PEM, or has another key is refused by name', async () => {
    const one = await pair('one');
    const other = await pair('other');
    const noPem = join(folder, 'text');
    await writeFile(noPem, 'text');

    const read = (files: Partial<typeof one>) => readCertificate({ ...one, ...files }, new Date());

    await expect(read({ certFile: '/nowhere.pem' })).rejects.toThrow(
      'The certificate /nowhere.pem cannot be read (ENOENT)',
    );
    await expect(read({ keyFile: '/nowhere.pem' })).rejects.toThrow(
      'The private key /nowhere.pem cannot be read (ENOENT)',
    );
    await expect(read({ certFile: noPem })).rejects.toThrow(`${noPem} is no certificate in PEM form`);
    await expect(read({ keyFile: noPem })).rejects.toThrow(`${noPem} is no private key in PEM form`);
    await expect(read({ keyFile: other.keyFile })).rejects.toThrow(
      `The private key ${other.keyFile} does not belong to ${one.certFile}`,
    );
  });

  test('that soon expires is used with a warning, one that has is refused', async () => {
    const notAfterDate = new Date(now.getTime() + 10 * day);
    const files = await pair('old', { notBeforeDate: new Date(now.getTime() - day), notAfterDate });

    expect((await readCertificate(files, now)).warnings).toEqual([
      `the certificate ${files.certFile} expires in 10 days`,
    ]);
    await expect(readCertificate(files, new Date(now.getTime() + 11 * day))).rejects.toThrow(
      `The certificate ${files.certFile} has expired on Dec  2`,
    );
  });
});

test('the names of this machine are those of its network only with --lan', () => {
  const near = ownNames(false, '127.0.0.1');
  const far = ownNames(true, '0.0.0.0');

  expect(near).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1']));
  expect(near.filter((name) => lanAddresses().includes(name))).toEqual([]);
  expect(far).toEqual(expect.arrayContaining([...near, ...lanAddresses()]));
  expect(ownNames(false, '192.0.2.7')).toContain('192.0.2.7');
});
