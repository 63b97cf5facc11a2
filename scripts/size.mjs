import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { root } from './lib/run.mjs';
import { firstLoad, gzipBytes, kB, sdkBytes } from './lib/size.mjs';

/*
 * `npm run size`: how much a browser has to fetch, gzip, in kB of 1000 bytes. The last line is for machines; over a limit it exits with 1.
 */
const limits = { sdkKB: 36, sdkOwnKB: 12, pageKB: 90 };

ensureDependencies();
ensureBuilt();
const page = join(root, 'packages/phone/dist');
const files = readdirSync(page, { recursive: true })
  .map(String)
  .filter((file) => /\.(html|js|css|svg|webmanifest)$/.test(file) && file !== 'soft-handset-element.js')
  .map((file) => ({ name: file, text: readFileSync(join(page, file), 'utf8') }));
const first = firstLoad(files);
for (const file of files) {
  const note = first.includes(file) ? '' : '  when it is wanted';
  console.log(`${kB(gzipBytes(file.text)).toFixed(1).padStart(7)}  ${file.name}${note}`);
}
const { whole, own } = await sdkBytes();
const sizes = {
  sdkKB: kB(whole),
  sdkOwnKB: kB(own),
  pageKB: kB(first.reduce((sum, { text }) => sum + gzipBytes(text), 0)),
};
const over = Object.keys(limits).filter((name) => sizes[name] > limits[name]);
for (const name of over) console.log(`${name}: ${sizes[name]} is over ${limits[name]}`);
console.log(`RESULT ${JSON.stringify(sizes)}`);
process.exitCode = over.length === 0 ? 0 : 1;
