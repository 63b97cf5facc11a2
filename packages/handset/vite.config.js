import { defineConfig } from 'vite';

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
    rolldownOptions: { treeshake: { moduleSideEffects: false } },
  },
});
