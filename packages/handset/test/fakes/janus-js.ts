import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { janusApi, type JanusApi, type JanusStatic } from '../../src/janus-api.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('janus-gateway'), 'utf8');

/** Meetecho's janus.js, fresh for each test: what it keeps in statics must not go from one to the next. */
export function freshJanus(): { api: JanusApi; statics: JanusStatic } {
  const evaluate = new Function('define', 'module', source.replace(/^export .*$/m, 'return Janus;'));
  const statics = evaluate(undefined, undefined) as JanusStatic;
  return { api: janusApi(statics), statics };
}
