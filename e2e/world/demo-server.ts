import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { requirePart, type Part } from '@soft-handset/parts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** A web server with the demos of Janus as Debian packages them, beside our server as it would stand beside a real Janus. */
export interface DemoServer extends Part {
  /** For `allowedOrigins`. */
  readonly origin: string;
  /** The demo of the SIP plugin, for the Janus API at that address. */
  siptestFor(server: string): string;
}

/** `port` is known before, for the configuration of the server. */
export async function startDemoServer(port: number): Promise<DemoServer> {
  const folder = dirname(requirePart('janus-demos'));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    void read(folder, pathname).then((body) => {
      response.writeHead(body === undefined ? 404 : 200, {
        'Content-Type': types[extname(pathname)] ?? 'text/plain',
      });
      response.end(body);
    });
  });
  const origin = `http://localhost:${port}`;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin,
    siptestFor: (address) => `${origin}/${encodeURIComponent(address)}/siptest.html`,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** `settings.js` is the one file that whoever puts up the demos writes himself; Debian's leaves out what siptest.js reads of it. */
async function read(folder: string, pathname: string): Promise<Buffer | string | undefined> {
  const [, address = '', ...path] = pathname.split('/');
  const file = normalize(path.join('/'));
  if (file === 'settings.js') {
    const server = JSON.stringify(decodeURIComponent(address));
    return `var server = ${server}, iceServers = [], token = null, apisecret = null;`;
  }
  return file.startsWith('..') ? undefined : readFile(join(folder, file)).catch(() => undefined);
}
