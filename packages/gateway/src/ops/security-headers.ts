import type { FastifyInstance } from 'fastify';

/** What a browser is told about the page: where it may load from, who may frame it, which devices it wants. */
export function addSecurityHeaders(app: FastifyInstance, frameAncestors: readonly string[]): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply
      .header('Content-Security-Policy', contentSecurityPolicy(request.headers.host, frameAncestors))
      .header('Permissions-Policy', permissionsPolicy)
      .header('X-Content-Type-Options', 'nosniff')
      .header('Referrer-Policy', 'no-referrer');
    done();
  });
}

const permissionsPolicy = ['microphone', 'camera', 'display-capture', 'speaker-selection', 'autoplay']
  .map((feature) => `${feature}=(self)`)
  .concat('geolocation=()')
  .join(', ');

function contentSecurityPolicy(host: string | undefined, frameAncestors: readonly string[]): string {
  // Safari before 15.4 does not take wss for 'self'. The header is the client's own word: only a plain host is repeated.
  const socket = host !== undefined && /^[A-Za-z0-9.:[\]-]+$/.test(host) ? ` wss://${host}` : '';
  return [
    "default-src 'self'",
    `connect-src 'self'${socket}`,
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob: mediastream:",
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors.length > 0 ? frameAncestors.join(' ') : "'none'"}`,
  ].join('; ');
}
