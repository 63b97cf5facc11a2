import { randomBytes } from 'node:crypto';
import { createServer as createHttpServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { MessageByMessage } from './framing.ts';
import { formatHostPort } from './host.ts';
import { listenOn, noListener } from './listen.ts';
import type { Dial, Listener } from './pipe.ts';
import { streamOptions } from './stream-options.ts';
import type { StreamTransportOptions } from './stream-options.ts';
import { StreamTransport } from './stream-transport.ts';
import type { StreamOptions } from './stream-transport.ts';
import { clientOptions, refusal, secureContext, servingOptions } from './tls.ts';
import type { TlsCredentials } from './tls.ts';
import type { SipTransport } from './transport.ts';
import { webSocketPipe } from './web-socket-pipe.ts';

export interface WsOptions extends StreamTransportOptions {
  /** `wss` is WebSocket over TLS. Default `ws`. */
  readonly protocol?: 'ws' | 'wss';
  /** Without a port nothing is listened on: connections are opened by us alone. */
  readonly port?: number;
  readonly credentials?: TlsCredentials;
  /** What a server is asked for; SIP URIs have no place for it. Ours takes any. Default `/ws`. */
  readonly path?: string;
}

/** RFC 7118 §4: the WebSocket sub-protocol. */
const subProtocol = 'sip';

/** SIP over WebSocket (RFC 7118): each message in one of the WebSocket's. @throws SipError `transport` */
export async function openWs(options: WsOptions = {}): Promise<SipTransport> {
  const { protocol = 'ws', credentials = {}, path = '/ws' } = options;
  const stream = streamOptions(options);
  const context = secureContext(credentials);
  // RFC 7118 §5.1: a client that cannot be reached says so by a host that cannot be looked up.
  const listener =
    options.port === undefined
      ? noListener(`${randomBytes(6).toString('hex')}.invalid`)
      : await listen(protocol, options, stream);
  return new StreamTransport(listener, {
    ...stream,
    protocol,
    isPerName: true,
    framer: (limits) => new MessageByMessage(limits),
    dial: dial(protocol, context, credentials, path, maxPayload(stream)),
  });
}

async function listen(
  protocol: 'ws' | 'wss',
  { host, port = 0, credentials = {} }: WsOptions,
  stream: Pick<StreamOptions, 'connection' | 'maxConnections' | 'message'>,
): Promise<Listener> {
  const patience = { headersTimeout: stream.connection.messageTimeoutMs };
  const server =
    protocol === 'ws'
      ? createHttpServer(patience)
      : createHttpsServer({
          ...patience,
          ...servingOptions(credentials),
          handshakeTimeout: patience.headersTimeout,
        });
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxPayload(stream),
    handleProtocols: () => subProtocol,
  });
  const { maxConnections } = stream;
  const bound = await listenOn(server, {
    what: protocol,
    port,
    maxConnections,
    ...(host !== undefined && { host }),
  });
  const listener: Listener = bound;
  server.on('request', (_, response) => response.writeHead(426, { Upgrade: 'websocket' }).end());
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => undefined); // `close` follows.
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) return void socket.destroy();
    if (!offersSip(request)) return refuse(socket, 400);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const pipe = webSocketPipe(webSocket, socket);
      if (listener.onPipe) listener.onPipe(pipe, remoteAddress, remotePort);
      else pipe.destroy();
    });
  });
  return listener;
}

function dial(
  protocol: 'ws' | 'wss',
  context: SecureContext,
  credentials: TlsCredentials,
  path: string,
  limit: number,
): Dial {
  return (target, opened, failed) => {
    const { host, port, name = host } = target;
    const open = (): Socket => {
      if (protocol === 'ws') return connectTcp(port, host);
      // RFC 7118 §7 leaves the server's identity to https (RFC 6125), other than over TLS alone.
      const secure = connectTls({
        host,
        port,
        ...clientOptions(target, context, credentials, checkServerIdentity),
      });
      secure.once('secureConnect', () => {
        const why = refusal(secure, credentials);
        if (why) secure.destroy(why);
      });
      return secure;
    };
    let socket: Socket | undefined;
    const webSocket = new WebSocket(`${protocol}://${formatHostPort(name, port)}${path}`, subProtocol, {
      createConnection: () => (socket = open()),
      perMessageDeflate: false,
      maxPayload: limit,
      followRedirects: false,
    });
    let cause: unknown;
    webSocket.once('error', (error) => (cause ??= error));
    const close = (): void => failed(cause);
    webSocket.once('close', close);
    webSocket.once('open', () => {
      webSocket.off('close', close);
      opened(webSocketPipe(webSocket, socket));
    });
    return (why) => {
      cause ??= why;
      webSocket.terminate();
    };
  };
}

/** A message that is a little too large is answered (513); one that is far too large ends its connection. */
function maxPayload({ message }: Pick<StreamOptions, 'message'>): number {
  return 2 * message.messageBytes;
}

function offersSip({ headers }: IncomingMessage): boolean {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',');
  return offered.some((one) => one.trim().toLowerCase() === subProtocol);
}

function refuse(socket: Socket, status: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
