import { janusErrors, type JanusReply } from '@soft-handset/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Access } from './access.ts';
import type { AddressLimits } from './address-limits.ts';
import { clientAddress } from './client-address.ts';
import type { Dispatcher } from './dispatch.ts';
import { isAllowedOrigin, type OriginRules } from './origin.ts';
import { refusal } from './replies.ts';
import type { SessionTable } from './session-table.ts';
import type { Session, SessionOwner } from './session.ts';

export interface HttpLongPollOptions {
  readonly dispatcher: Dispatcher;
  readonly sessions: SessionTable;
  readonly access: Access;
  readonly addresses: AddressLimits;
  readonly origins: OriginRules;
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly messageBytes: number;
  /** How long a poll waits for an event; Janus waits 30 s. */
  readonly pollMs: number;
  readonly refused?: (code: number) => void;
}

interface SessionPath {
  readonly session: string;
  readonly handle?: string;
}

/** A GET that waits for events. */
interface Poll {
  readonly mostEvents: number;
  finish(events: readonly JanusReply[]): void;
}

/** The most events in one answer, whatever `maxev` says. */
const mostEvents = 1000;

/**
 * The Janus API over HTTP: requests are POSTed to /janus, /janus/<session>, /janus/<session>/<handle>; events are fetched
 * with GET /janus/<session>. Errors of the API come with status 200, as Janus sends them and janus.js wants them.
 * https://janus.conf.meetecho.com/docs/rest.html
 */
export class HttpLongPoll implements SessionOwner {
  readonly #options: HttpLongPollOptions;
  readonly #polls = new Map<Session, Poll>();

  constructor(options: HttpLongPollOptions) {
    this.#options = options;
  }

  eventsReady(session: Session): void {
    const poll = this.#polls.get(session);
    if (poll && session.hasEvents) poll.finish(session.take(poll.mostEvents));
  }

  /** Adds the routes, in a scope of its own: here every body is JSON, whatever its content type says (beacons send text). */
  register(app: FastifyInstance): void {
    void app.register((scope, _options, done) => {
      const bodyLimit = this.#options.messageBytes;
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, parsed) =>
        parsed(null, body),
      );
      scope.addHook('onRequest', (request, reply, next) => {
        if (this.#admit(request, reply)) next();
      });
      scope.setErrorHandler((error: { statusCode?: number }, _request, reply) => this.#failed(error, reply));
      for (const root of ['/janus', '/janus/']) {
        scope.post(root, (request, reply) => this.#post(request, reply, {}));
        scope.options(root, (_request, reply) => reply.code(204).send());
      }
      scope.options('/janus/*', (_request, reply) => reply.code(204).send());
      scope.get('/janus/info', () => this.#options.dispatcher.info(''));
      for (const path of ['/janus/:session', '/janus/:session/:handle']) {
        scope.post<{ Params: SessionPath }>(path, (request, reply) =>
          this.#post(request, reply, {
            session_id: toId(request.params.session),
            ...(request.params.handle !== undefined && { handle_id: toId(request.params.handle) }),
          }),
        );
      }
      scope.get<{ Params: SessionPath; Querystring: Record<string, unknown> }>(
        '/janus/:session',
        (request, reply) => this.#poll(toId(request.params.session), request.query, reply),
      );
      done();
    });
  }

  /** Polls that wait are answered, so that nobody waits for a server that goes. */
  close(): void {
    for (const poll of [...this.#polls.values()]) poll.finish([]);
  }

  /** Origin and, where there is no session to count on, the rate of the address. */
  #admit(request: FastifyRequest, reply: FastifyReply): boolean {
    const { origins, refused } = this.#options;
    const { origin, host } = request.headers;
    if (!isAllowedOrigin(origin, host, origins)) {
      refused?.(403);
      reply.code(403).send(refusal(janusErrors.unauthorized, 'This origin may not use the server'));
      return false;
    }
    if (origin !== undefined) {
      reply.header('Access-Control-Allow-Origin', origin).header('Vary', 'Origin');
      if (request.method === 'OPTIONS') {
        reply
          .header('Access-Control-Allow-Methods', 'GET, POST')
          .header('Access-Control-Allow-Headers', 'Content-Type')
          .header('Access-Control-Max-Age', '86400');
      }
    }
    reply.header('Cache-Control', 'no-store');
    return this.#isInTime(request, reply);
  }

  #isInTime(request: FastifyRequest, reply: FastifyReply): boolean {
    const { sessions, addresses, trustedProxies, refused } = this.#options;
    const { session } = request.params as Partial<SessionPath>;
    const known = session === undefined ? undefined : sessions.find(toId(session));
    const mayAsk = known ? known.budget.take() : addresses.mayAsk(clientAddress(request.raw, trustedProxies));
    if (mayAsk) return true;
    refused?.(429);
    reply
      .code(429)
      .header('Retry-After', '1')
      .send(refusal(janusErrors.tooManyRequests, 'Too many requests, slow down'));
    return false;
  }

  #post(request: FastifyRequest, reply: FastifyReply, path: object): FastifyReply {
    const input = parseJson(request.body);
    if (input === undefined) {
      this.#options.refused?.(janusErrors.invalidJson);
      return reply.send(refusal(janusErrors.invalidJson, 'The body is not JSON'));
    }
    const remoteAddress = clientAddress(request.raw, this.#options.trustedProxies);
    this.#options.dispatcher.dispatch(underPath(input, path), { owner: this, remoteAddress }, (answer) => {
      void reply.send(answer);
    });
    return reply;
  }

  #poll(id: number, query: Record<string, unknown>, reply: FastifyReply): FastifyReply {
    const { access, sessions } = this.#options;
    if (!access.allows(query['apisecret'], query['token'])) {
      const reason = 'Unauthorized request (wrong or missing secret/token)';
      return reply.code(403).send(refusal(janusErrors.unauthorized, reason));
    }
    const session = sessions.find(id);
    if (session?.owner !== this) {
      // Janus says 404 here and not 200: janus.js would poll again at once, for ever.
      return reply.code(404).send(refusal(janusErrors.sessionNotFound, `No such session ${id}`));
    }
    this.#wait(session, Number(query['maxev']), reply);
    this.eventsReady(session);
    return reply;
  }

  /** With `maxev` the answer is a list, without it one event, as in Janus. */
  #wait(session: Session, maxev: number, reply: FastifyReply): void {
    const { sessions, clock, pollMs } = this.#options;
    const isList = maxev >= 1;
    const forget = (): void => {
      stopTimer();
      if (this.#polls.get(session) === poll) this.#polls.delete(session);
    };
    const poll: Poll = {
      mostEvents: isList ? Math.min(Math.floor(maxev), mostEvents) : 1,
      finish: (events) => {
        forget();
        sessions.heardFrom(session);
        const answer = events.length > 0 ? events : [{ janus: 'keepalive' }];
        reply.send(isList ? answer : answer[0]);
      },
    };
    const stopTimer = clock.setTimeout(() => poll.finish([]), pollMs);
    // Of two polls the newer one waits on; the older gets nothing.
    this.#polls.get(session)?.finish([]);
    this.#polls.set(session, poll);
    sessions.heardFrom(session);
    // A client that went away must not be handed the events that its next poll should get.
    reply.raw.once('close', forget);
  }

  #failed(error: { readonly statusCode?: number }, reply: FastifyReply): FastifyReply {
    const status = error.statusCode ?? 500;
    const text =
      status === 413 ? `The body is larger than ${this.#options.messageBytes} bytes` : 'Bad request';
    this.#options.refused?.(status);
    return reply.code(status).send(refusal(janusErrors.invalidJson, text));
  }
}

/** 0 for what is no id. */
function toId(text: string): number {
  return /^[0-9]{1,16}$/.test(text) ? Number(text) : 0;
}

/** What the path says of session and handle goes before what the body says; janus.js claims at /janus, with the id in the body. */
function underPath(input: unknown, path: object): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return { ...input, ...path };
}

function parseJson(body: unknown): unknown {
  try {
    return typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
