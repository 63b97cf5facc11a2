import type { LineStats, PoolServer } from '@soft-handset/media';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import { MediaMetrics } from './media-metrics.ts';

/** Numbers that are read when somebody asks for them: name, explanation, where from. */
export type Reading = readonly [name: string, help: string, read: () => number];

export interface MetricsOptions {
  readonly readings: readonly Reading[];
  /** Everything the SIP stack counts by name (retransmissions, parse errors ...). */
  readonly sipStats: () => Readonly<Record<string, number>>;
  /** What the media engine has put up with, by name. */
  readonly mediaCounters: () => Readonly<Record<string, number>>;
  /** What the media stands on. */
  readonly mediaServers: () => readonly PoolServer[];
  readonly isOperator: (request: FastifyRequest) => boolean;
}

/** The gateway in numbers, for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #media: MediaMetrics;
  readonly #refused: Counter<'layer' | 'code'>;

  constructor() {
    this.#media = new MediaMetrics(this.#registry);
    this.#refused = new Counter({
      name: 'soft_handset_refused_total',
      help: 'Requests refused, by the layer that did and its code',
      labelNames: ['layer', 'code'],
      registers: [this.#registry],
    });
  }

  /** What went through the media of a call that is over. */
  mediaOfCall(lines: readonly LineStats[]): void {
    this.#media.add(lines);
  }

  refused(layer: 'websocket' | 'http' | 'core', code: number): void {
    this.#refused.inc({ layer, code });
  }

  /** Adds `/metrics`, for operators. */
  serve(app: FastifyInstance, options: MetricsOptions): void {
    this.#addReadings([...processReadings, ...options.readings]);
    this.#addCounts(
      'soft_handset_sip_events',
      'What the SIP stack has counted since the start',
      options.sipStats,
    );
    this.#addCounts(
      'soft_handset_media_events',
      'What the media engine has refused or put up with since the start',
      options.mediaCounters,
    );
    this.#addMediaServers(options.mediaServers);
    app.get('/metrics', async (request, reply) => {
      if (!options.isOperator(request)) {
        return reply.code(403).send({ error: 'This address may not read the metrics' });
      }
      return reply.type(this.#registry.contentType).send(await this.#registry.metrics());
    });
  }

  #addReadings(readings: readonly Reading[]): void {
    for (const [name, help, read] of readings) {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read());
        },
      });
    }
  }

  #addMediaServers(read: () => readonly PoolServer[]): void {
    for (const [name, help, valueOf] of serverReadings) {
      new Gauge({
        name: `soft_handset_media_server_${name}`,
        help,
        labelNames: ['server', 'engine'],
        registers: [this.#registry],
        collect() {
          // Servers come and go.
          this.reset();
          for (const server of read())
            this.set({ server: server.name, engine: server.kind }, valueOf(server));
        },
      });
    }
  }

  #addCounts(name: string, help: string, read: () => Readonly<Record<string, number>>): void {
    new Gauge({
      name,
      help,
      labelNames: ['event'],
      registers: [this.#registry],
      collect() {
        for (const [event, count] of Object.entries(read())) this.set({ event }, count);
      },
    });
  }
}

const serverReadings: readonly (readonly [
  name: string,
  help: string,
  read: (server: PoolServer) => number,
])[] = [
  ['up', 'Whether this media server is up', ({ isUp }) => Number(isUp)],
  ['draining', 'Whether it gets no new calls', ({ isDraining }) => Number(isDraining)],
  ['sessions', 'Media sessions on it', ({ sessionCount }) => sessionCount],
];

const processReadings: readonly Reading[] = [
  ['process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss()],
  [
    'process_cpu_seconds',
    'CPU time used since the start',
    () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  ],
  ['process_uptime_seconds', 'Seconds since the start', () => process.uptime()],
];
