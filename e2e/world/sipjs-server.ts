import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Part } from '@soft-handset/parts';
import { rolldown } from 'rolldown';

/** A web server with a page of nothing but SIP.js: a browser phone that speaks SIP itself. */
export interface SipJsServer extends Part {
  readonly url: string;
}

const page =
  '<!doctype html><meta charset="utf-8"><title>SIP.js</title><audio autoplay></audio><script src="/page.js"></script>';

export async function startSipJsServer(): Promise<SipJsServer> {
  const build = await rolldown({
    input: fileURLToPath(new URL('./sipjs-in-page.ts', import.meta.url)),
    platform: 'browser',
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'iife' });
  await build.close();
  const [{ code }] = output;
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    url: `http://localhost:${port}/`,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
