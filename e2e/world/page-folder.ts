import { copyFile, cp } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTempDir, type TempDir } from '@soft-handset/parts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The folder of the phone page, as it was built. */
export function phonePage(): string {
  const folder = join(root, 'packages/phone/dist');
  if (!existsSync(join(folder, 'index.html'))) throw new Error('the phone page is not built: npm run build');
  return folder;
}

/** Our test page with the SDK's script and Meetecho's janus.js beside it, as a folder that the gateway can serve. */
export async function makePageFolder(): Promise<TempDir> {
  const sdk = join(root, 'packages/handset/dist/soft-handset.js');
  if (!existsSync(sdk)) throw new Error('the SDK is not built: npm run build');
  const folder = await makeTempDir('page');
  await cp(join(root, 'e2e/pages'), folder.path, { recursive: true });
  await copyFile(sdk, join(folder.path, 'soft-handset.js'));
  await copyFile(
    join(root, 'node_modules/janus-gateway/npm/dist/janus.es.js'),
    join(folder.path, 'janus.es.js'),
  );
  await copyFile(join(root, 'node_modules/webrtc-adapter/out/adapter.js'), join(folder.path, 'adapter.js'));
  return folder;
}
