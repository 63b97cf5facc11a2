import { createServer, type Server } from 'node:http';

/** An http server that does nothing but send everybody to https. */
export function createRedirectServer(httpsPort: () => number): Server {
  const server = createServer((request, response) => {
    const host =
      /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?$/.exec(request.headers.host ?? '')?.[1] ?? 'localhost';
    const port = httpsPort();
    const path = request.url?.startsWith('/') ? request.url : '/';
    const location = `https://${host}${port === 443 ? '' : `:${port}`}${path}`;
    response.writeHead(308, { Location: location, 'Content-Length': 0, Connection: 'close' }).end();
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  return server;
}
