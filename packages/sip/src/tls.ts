import { isIP } from 'node:net';
import { connect, createSecureContext, createServer } from 'node:tls';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import type { Target } from './contract.ts';
import { MessageFramer } from './framing.ts';
import { listenForSockets, noListener } from './listen.ts';
import { dialSocket } from './pipe.ts';
import { SipError } from './sip-error.ts';
import { streamOptions } from './stream-options.ts';
import type { StreamTransportOptions } from './stream-options.ts';
import { StreamTransport } from './stream-transport.ts';
import { sipIdentityFault } from './tls-identity.ts';
import type { SipTransport } from './transport.ts';

/** Who we are, and whom we believe. All in PEM. */
export interface TlsCredentials {
  /** Our certificate with what leads to its authority, shown to clients and to servers that ask for it. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Authorities that a server's certificate may come from. Default: those that Node knows. */
  readonly ca?: string | readonly string[] | undefined;
  /** True: also a certificate that its owner has signed himself, whomever it names. Default false. */
  readonly acceptSelfSigned?: boolean | undefined;
}

export interface TlsOptions extends StreamTransportOptions {
  /** Without a port nothing is listened on: connections are opened by us alone. With one a certificate is needed. */
  readonly port?: number;
  readonly credentials?: TlsCredentials;
}

/** SIP over TLS (RFC 3261 §26.2, RFC 5922). @throws SipError `transport` */
export async function openTls(options: TlsOptions = {}): Promise<SipTransport> {
  const { credentials = {}, host, port } = options;
  const context = secureContext(credentials);
  const stream = streamOptions(options);
  const listener =
    port === undefined
      ? noListener(host)
      : await listenForSockets(
          createServer({
            ...servingOptions(credentials),
            handshakeTimeout: stream.connection.messageTimeoutMs,
          }),
          'secureConnection',
          { what: 'tls', port, ...(host !== undefined && { host }), maxConnections: stream.maxConnections },
        );
  return new StreamTransport(listener, {
    ...stream,
    protocol: 'tls',
    isPerName: true,
    framer: (limits) => new MessageFramer(limits),
    dial: (target, opened, failed) => {
      const socket = connect({ ...target, ...clientOptions(target, context, credentials) });
      return dialSocket(socket, 'secureConnect', opened, failed, () => refusal(socket, credentials));
    },
  });
}

/** How a client checks a server (RFC 5922 §7.3): the certificate must be for the host that the URI names, not for where DNS led. */
export function clientOptions(
  { host, name = host }: Pick<Target, 'host' | 'name'>,
  secureContext: SecureContext,
  { acceptSelfSigned = false }: TlsCredentials,
  identityFault = sipIdentityFault,
): ConnectionOptions {
  return {
    secureContext,
    ...(isIP(name) === 0 && { servername: name }),
    // What is not authorized is looked at once more by `refusal`.
    rejectUnauthorized: !acceptSelfSigned,
    checkServerIdentity: (_, certificate) => identityFault(name, certificate),
  };
}

/** Why a connection that is up may not be used after all. */
export function refusal(socket: TLSSocket, { acceptSelfSigned }: TlsCredentials): Error | undefined {
  if (socket.authorized) return undefined;
  const why = String(socket.authorizationError);
  if (acceptSelfSigned === true && why === 'DEPTH_ZERO_SELF_SIGNED_CERT') return undefined;
  return new Error(`the server's certificate is not accepted: ${why}`);
}

/** @throws SipError `transport` if certificate, key or authorities cannot be used */
export function secureContext({ cert, key, ca }: TlsCredentials): SecureContext {
  try {
    return createSecureContext({
      minVersion: 'TLSv1.2',
      ...(cert !== undefined && key !== undefined && { cert, key }),
      ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
    });
  } catch (cause) {
    throw SipError.transport('certificate, key or authorities cannot be used', cause);
  }
}

/** @throws SipError `transport` without a certificate */
export function servingOptions({ cert, key }: TlsCredentials): {
  cert: string;
  key: string;
  minVersion: 'TLSv1.2';
} {
  if (cert === undefined || key === undefined)
    throw SipError.transport('listening over TLS needs a certificate and its key');
  return { cert, key, minVersion: 'TLSv1.2' };
}
