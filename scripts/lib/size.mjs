import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { root } from './run.mjs';

export function gzipBytes(text) {
  return gzipSync(text, { level: 9 }).length;
}

/** Of 1000 bytes, to one place. */
export function kB(bytes) {
  return Math.round(bytes / 100) / 10;
}

/** What a page fetches only when somebody does something: a name of a chunk begins so. */
const later = /^assets\/(recents|conference|screen|stats|watch|meter|pictures)-/;

/**
 * Of the files of the built page those that it fetches before somebody can sign in and dial: all but the chunks for later.
 * @template {{ readonly name: string }} F
 * @param {readonly F[]} files
 * @returns {F[]}
 */
export function firstLoad(files) {
  return files.filter(({ name }) => !later.test(name));
}

/**
 * The SDK minified, in bytes after gzip: with janus.js, and our own part alone (protocol included). What is loaded on demand counts too,
 * as in the single script.
 * @returns {Promise<{ whole: number, own: number }>}
 */
export async function sdkBytes() {
  const [whole, own] = await Promise.all([bundled([]), bundled(['janus-gateway'])]);
  return { whole: gzipBytes(whole), own: gzipBytes(own) };
}

async function bundled(external) {
  const build = await rolldown({
    cwd: root,
    input: join(root, 'packages/handset/src/index.ts'),
    platform: 'browser',
    resolve: { conditionNames: ['source', 'import', 'browser'] },
    external,
    treeshake: { moduleSideEffects: false },
    // janus.js tests for a module loader of Node, which a bundler wonders about.
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
  await build.close();
  return output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n');
}
