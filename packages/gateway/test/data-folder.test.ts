import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installationIn, openDataFolder } from '../src/data-folder.ts';
import { startFault } from '../src/start-error.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'soft-handset-data-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

test('the data folder is made, for nobody else to read, and left empty', async () => {
  const data = join(await folder(), 'a/data');

  await openDataFolder(data);
  await openDataFolder(data);

  expect(((await stat(data)).mode & 0o777).toString(8)).toBe('700');
  expect(await readdir(data)).toEqual([]);
});

test('a folder that cannot be one is a fault to be shown', async () => {
  const file = join(await folder(), 'file');
  await writeFile(file, '');

  const fault = await openDataFolder(join(file, 'data')).catch(startFault);

  expect(fault).toBe(
    `The data folder ${file}/data cannot be written (ENOTDIR); choose another with --data or dataDir`,
  );
});

test('what names the installation is made once and kept, for nobody else to read', async () => {
  const data = await folder();

  const name = await installationIn(data);

  expect(name).toMatch(/^[\da-f-]{36}$/);
  expect(await installationIn(data)).toBe(name);
  expect(await installationIn(await folder())).not.toBe(name);
  expect(((await stat(join(data, 'installation'))).mode & 0o777).toString(8)).toBe('600');
  await expect(installationIn(join(data, 'installation'))).rejects.toThrow('cannot be written (ENOTDIR)');
});
