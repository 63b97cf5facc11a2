import type { FastifyInstance } from 'fastify';

/** What must be up before calls can be made. Registrations do not count: one wrong password takes no server out of service. */
export interface Readiness {
  readonly engine: boolean;
  readonly sip: boolean;
}

/** `/healthz`: the process answers. `/readyz`: it can make calls, and if not, what is missing. */
export function serveHealth(app: FastifyInstance, readiness: () => Readiness): void {
  app.get('/healthz', (_request, reply) => reply.header('Cache-Control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const { engine, sip } = readiness();
    const isReady = engine && sip;
    return reply
      .code(isReady ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({ status: isReady ? 'ready' : 'not ready', engine: upOrDown(engine), sip: upOrDown(sip) });
  });
}

function upOrDown(isUp: boolean): string {
  return isUp ? 'up' : 'down';
}
