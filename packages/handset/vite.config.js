import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig } from 'vite';

const require = createRequire(import.meta.url);
const read = (path) => readFileSync(path, 'utf8');

/** MIT asks for its notice in every copy: janus.js has it in its head, valibot in a file. */
function notices() {
  const janus = /The MIT License[^]*?SOFTWARE\./.exec(read(require.resolve('janus-gateway')))?.[0] ?? '';
  const copyright = (text) => /Copyright \(c\).*/.exec(text)?.[0] ?? '';
  const valibot = copyright(read(new URL('../../node_modules/valibot/LICENSE.md', import.meta.url)));
  const own = copyright(read(new URL('../../LICENSE', import.meta.url)));
  return `/*!\nSoft Handset, ${own}; valibot, ${valibot}; janus.js:\n${janus.replace(/^\t+/gm, '')}\n*/`;
}

/** The SDK as one script file for pages without a bundler: everything under the global `SoftHandset`. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  define: {
    // janus.js hands itself to a module loader that it finds in the page; here it must stay ours.
    'define.amd': 'false',
    'module.exports': 'false',
  },
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    lib: {
      entry: 'src/index.ts',
      name: 'SoftHandset',
      formats: ['iife'],
      fileName: () => 'soft-handset.js',
    },
    rolldownOptions: { treeshake: { moduleSideEffects: false }, output: { postBanner: notices() } },
  },
});
