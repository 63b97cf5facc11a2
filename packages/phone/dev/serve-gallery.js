import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds page and gallery once into a temporary directory and serves them: bundled, a scene opens at once. */
export async function serveGallery() {
  const outDir = mkdtempSync(join(tmpdir(), 'soft-handset-gallery-'));
  const input = { page: join(root, 'index.html'), gallery: join(root, 'dev/gallery.html') };
  await build({
    root,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, sourcemap: false, rolldownOptions: { input } },
  });
  const server = await preview({
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  return {
    base: server.resolvedUrls?.local[0] ?? '',
    close: async () => {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
