import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';

const dist = fileURLToPath(new URL('dist', import.meta.url));

/** `dist` also holds the declarations that tsc writes: only what Vite wrote before is removed. */
const freshAssets = {
  name: 'fresh-assets',
  buildStart() {
    rmSync(`${dist}/assets`, { recursive: true, force: true });
  },
};

/** The page with hashed assets; `--mode element` makes `<soft-handset>` as one file for other pages to import. */
export default defineConfig(({ mode }) => ({
  base: './',
  resolve: { conditions: ['source', ...defaultClientConditions] },
  plugins: mode === 'element' ? [] : [freshAssets],
  publicDir: mode === 'element' ? false : 'public',
  build: {
    target: ['chrome105', 'firefox110', 'safari16'],
    outDir: dist,
    emptyOutDir: false,
    sourcemap: true,
    ...(mode === 'element' && {
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'soft-handset-element.js' },
      rollupOptions: { output: { inlineDynamicImports: true } },
    }),
  },
}));
