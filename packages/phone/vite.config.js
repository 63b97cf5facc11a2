import { defaultClientConditions, defineConfig } from 'vite';

/** The page with hashed assets; then, with `--mode element`, `<soft-handset>` as one file for other pages to import. */
export default defineConfig(({ mode }) => ({
  base: './',
  resolve: { conditions: ['source', ...defaultClientConditions] },
  publicDir: mode === 'element' ? false : 'public',
  build: {
    target: ['chrome105', 'firefox110', 'safari16'],
    emptyOutDir: mode !== 'element',
    sourcemap: true,
    ...(mode === 'element' && {
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'soft-handset-element.js' },
      rolldownOptions: { output: { codeSplitting: false } },
    }),
  },
}));
