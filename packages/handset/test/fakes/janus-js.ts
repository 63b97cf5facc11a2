import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { janusApi, type JanusApi, type JanusStatic } from '../../src/janus-api.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('janus-gateway'), 'utf8').replace(
  /^export .*$/m,
  'return Janus;',
);

/** Meetecho's janus.js, fresh for each test: what it keeps in statics must not go from one to the next. */
export function freshJanus(): { api: JanusApi; statics: JanusStatic } {
  const evaluate = compileFunction(source, ['define', 'module']) as () => JanusStatic;
  const statics = evaluate();
  return { api: janusApi(statics), statics };
}
