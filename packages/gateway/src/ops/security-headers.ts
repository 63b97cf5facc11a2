import type { FastifyInstance } from 'fastify';

/** What a browser is told about the page: where it may load from, who may frame it, which devices it wants. */
export function addSecurityHeaders(app: FastifyInstance, frameAncestors: readonly string[]): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply
      .header('Content-Security-Policy', contentSecurityPolicy(frameAncestors))
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

function contentSecurityPolicy(frameAncestors: readonly string[]): string {
  return [
    "default-src 'self'",
    // The log-in form takes another server too; that one decides by its list of origins.
    "connect-src 'self' wss:",
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
