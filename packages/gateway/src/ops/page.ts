import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Serves the built page. Without one, the root says what to do. */
export function servePage(app: FastifyInstance, dir: string | undefined): void {
  if (dir === undefined || !existsSync(join(dir, 'index.html'))) {
    const text = `The server is up, but there is no page${dir === undefined ? '' : ` in ${dir}`}: build it with "npm run build".\n`;
    app.get('/', (_request, reply) =>
      reply.type('text/plain').header('Cache-Control', 'no-cache').send(text),
    );
    return;
  }
  void app.register(fastifyStatic, {
    root: dir,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.setHeader('Cache-Control', cacheControl(path)),
  });
}

/** Vite writes a hash into the names under assets/: those never change. All else is asked for anew, by its ETag. */
function cacheControl(path: string): string {
  return /[/\\]assets[/\\][^/\\]*-[\w-]{8,}\.\w+$/.test(path)
    ? 'public, max-age=31536000, immutable'
    : 'no-cache';
}
