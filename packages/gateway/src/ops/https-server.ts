import type { Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Certificate } from '../certificate.ts';
import type { Log } from '../log.ts';
import { StartError } from '../start-error.ts';
import { createRedirectServer } from './redirect.ts';

export interface WebServers {
  readonly app: FastifyInstance;
  readonly httpsPort: number;
  readonly httpPort: number | undefined;
  close(): Promise<void>;
}

/** A fastify instance that listens with TLS, and does not stumble over its own errors. */
export function createHttpsApp(certificate: Certificate, log: Log): FastifyInstance {
  const app = Fastify({
    // fastify's own https option changes every type it has; a TLS server is an HTTP server in all that is used here.
    serverFactory: (handler) => {
      const { cert, key } = certificate;
      const server = createHttpsServer(
        { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 },
        handler,
      );
      server.requestTimeout = 30_000;
      server.headersTimeout = 10_000;
      return server;
    },
    forceCloseConnections: true,
    // Request bodies are small everywhere; the Janus API sets its own limit.
    bodyLimit: 16_384,
  });
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, url: request.url }, 'request failed');
    return reply.code(status).send({ error: status >= 500 ? 'Internal error' : error.message });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Not found\n'));
  return app;
}

/** New connections get this certificate from now on. */
export function useCertificate(app: FastifyInstance, { cert, key }: Certificate): void {
  (app.server as unknown as HttpsServer).setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
}

/** Opens https, and http for the redirect unless its port is 0 for none. @throws StartError */
export async function listen(
  app: FastifyInstance,
  options: { readonly host: string; readonly httpsPort: number; readonly httpPort: number | undefined },
): Promise<WebServers> {
  const { host } = options;
  try {
    await app.listen({ host, port: options.httpsPort });
  } catch (cause) {
    await app.close();
    const hint = 'choose another with --https-port or listen.httpsPort';
    throw StartError.cannotListen('https', `${host}:${options.httpsPort}`, hint, cause);
  }
  const httpsPort = portOf(app.server);
  if (options.httpPort === undefined) {
    return { app, httpsPort, httpPort: undefined, close: () => app.close() };
  }
  const redirect = createRedirectServer(() => httpsPort);
  try {
    await open(redirect, host, options.httpPort);
  } catch (cause) {
    await app.close();
    const hint = 'choose another with --http-port or listen.httpPort, 0 for none';
    throw StartError.cannotListen('http', `${host}:${options.httpPort}`, hint, cause);
  }
  const close = async (): Promise<void> => {
    redirect.closeAllConnections();
    await Promise.all([app.close(), new Promise((closed) => redirect.close(closed))]);
  };
  return { app, httpsPort, httpPort: portOf(redirect), close };
}

function open(server: Server, host: string, port: number): Promise<void> {
  return new Promise((opened, failed) => {
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      opened();
    });
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
