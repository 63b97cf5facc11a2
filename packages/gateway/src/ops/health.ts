import type { PoolServer } from '@soft-handset/media';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What must be up before calls can be made. Registrations do not count: one wrong password takes no server out of service. */
export interface Readiness {
  readonly engine: boolean;
  readonly sip: boolean;
}

export interface HealthOptions {
  readonly readiness: () => Readiness;
  /** What the media stands on. */
  readonly mediaServers: () => readonly PoolServer[];
  /** Who may see that: names and load of servers inside are not for everybody. */
  readonly isOperator: (request: FastifyRequest) => boolean;
}

/** `/healthz`: the process answers. `/readyz`: it can make calls, and if not, what is missing. */
export function serveHealth(
  app: FastifyInstance,
  { readiness, mediaServers, isOperator }: HealthOptions,
): void {
  app.get('/healthz', (_request, reply) => reply.header('Cache-Control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', (request, reply) => {
    const { engine, sip } = readiness();
    const isReady = engine && sip;
    return reply
      .code(isReady ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({
        status: isReady ? 'ready' : 'not ready',
        engine: upOrDown(engine),
        sip: upOrDown(sip),
        ...(isOperator(request) && { media: mediaServers().map(inWords) }),
      });
  });
}

function inWords({ name, kind, isUp, isDraining, sessionCount }: PoolServer): object {
  return {
    server: name,
    engine: kind,
    state: isUp && isDraining ? 'draining' : upOrDown(isUp),
    sessions: sessionCount,
  };
}

function upOrDown(isUp: boolean): string {
  return isUp ? 'up' : 'down';
}
