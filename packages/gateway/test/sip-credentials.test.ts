import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { selfSignedCertificate } from '../src/certificate.ts';
import type { Certificate } from '../src/certificate.ts';
import { parseConfig } from '../src/config/config.ts';
import { sipCredentials } from '../src/sip-credentials.ts';
import { LogBook } from './log-book.ts';

let folder: string;
let ofPage: Certificate;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sip-credentials-'));
  ofPage = await selfSignedCertificate({ folder, names: ['localhost'], now: new Date() });
});
afterEach(() => rm(folder, { recursive: true }));

const read = (tls: object) => sipCredentials(parseConfig({ sip: { tls } }).sip, ofPage, new LogBook());

test('who only connects shows no certificate', async () => {
  expect(await read({})).toEqual({ ca: undefined, acceptSelfSigned: false });
});

test('who listens shows that of the page, unless there is one for SIP', async () => {
  const sip = await selfSignedCertificate({ folder: join(folder, 'sip'), names: ['sip'], now: new Date() });
  const files = { certFile: join(folder, 'sip/cert.pem'), keyFile: join(folder, 'sip/key.pem') };

  expect(await read({ port: 5071 })).toMatchObject({ cert: ofPage.cert, key: ofPage.key });
  expect(await read({ port: 5071, ...files })).toMatchObject({ cert: sip.cert, key: sip.key });
  expect(await read(files)).toMatchObject({ cert: sip.cert });
});

test('authorities are read', async () => {
  expect(await read({ caFile: join(folder, 'cert.pem'), acceptSelfSigned: true })).toEqual({
    ca: ofPage.cert,
    acceptSelfSigned: true,
  });
});

test('authorities that are not there, or are none, are one clear line', async () => {
  const nonsense = join(folder, 'nonsense.pem');
  writeFileSync(nonsense, 'nonsense');

  await expect(read({ caFile: join(folder, 'missing.pem') })).rejects.toThrow(/missing\.pem cannot be read/);
  await expect(read({ caFile: nonsense })).rejects.toThrow(/nonsense\.pem has no certificate/);
});
