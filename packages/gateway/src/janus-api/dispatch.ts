import {
  janusErrors,
  janusVerbs,
  parseJanusRequest,
  parseJsep,
  type JanusReply,
  type JanusRequest,
} from '@soft-handset/protocol';
import type { Log } from '../log.ts';
import type { Access } from './access.ts';
import { candidatesOf, withoutNullCandidate } from './candidates.ts';
import { readEnvelope, type Envelope } from './envelope.ts';
import { Handle } from './handle.ts';
import type { JanusPlugin } from './plugin.ts';
import { pluginFailed, refusal, shorten, unauthorized, wrongPath, type ErrorReply } from './replies.ts';
import { describeServer, type ServerFacts } from './server-info.ts';
import type { SessionTable } from './session-table.ts';
import type { Session, SessionOwner } from './session.ts';

/** Who is asking. */
export interface Client {
  readonly owner: SessionOwner;
  readonly remoteAddress: string;
}

export interface DispatcherOptions {
  readonly sessions: SessionTable;
  readonly plugins: readonly JanusPlugin[];
  readonly access: Access;
  readonly server: ServerFacts;
  readonly handlesPerSession: number;
  readonly log: Log;
  /** Each refusal, for the counters. */
  readonly refused?: (code: number) => void;
}

/**
 * From request to reply, with the codes and in the order in which Janus itself checks: envelope, path, secret, session,
 * handle, verb, elements, JSEP.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Calls `answer` exactly once, before any event that the request causes. Never throws because of the input. */
  dispatch(input: unknown, client: Client, answer: (reply: JanusReply) => void): void {
    const envelope = readEnvelope(input);
    if ('error' in envelope) return this.#refuse(envelope, answer);
    if (envelope.sessionId === 0 && envelope.handleId === undefined) {
      return this.#settle(this.#onServer(envelope, input, client), answer);
    }
    const session = this.#sessionFor(envelope, client);
    if ('error' in session) return this.#refuse(session, answer);
    session.replyFirst(() => this.#settle(this.#onSession(envelope, input, session, client), answer));
  }

  #settle(reply: JanusReply, answer: (reply: JanusReply) => void): void {
    if (reply.janus === 'error') this.#refuse(reply, answer);
    else answer(reply);
  }

  #refuse(reply: ErrorReply, answer: (reply: JanusReply) => void): void {
    this.#options.refused?.(reply.error.code);
    answer(reply);
  }

  #onServer(envelope: Envelope, input: unknown, client: Client): JanusReply {
    const { verb, transaction } = envelope;
    const { access, sessions } = this.#options;
    // Janus answers these two without a secret.
    if (verb === 'ping') return { janus: 'pong', transaction };
    if (verb === 'info') return this.info(transaction);
    if (!access.allows(envelope.apisecret, envelope.token)) return unauthorized(envelope);
    if (verb !== 'create') return wrongPath(envelope);
    const request = parseJanusRequest(input);
    if (!request.ok) return refusal(request.code, request.reason, envelope);
    const wish = request.value.janus === 'create' ? request.value.id : undefined;
    const session = sessions.create(client.owner, client.remoteAddress, wish);
    if (session === 'taken')
      return refusal(janusErrors.sessionConflict, 'Session ID already in use', envelope);
    if (session === 'full') return refusal(janusErrors.tooManyRequests, 'Too many sessions', envelope);
    return { janus: 'success', transaction, data: { id: session.id } };
  }

  /** The server itself, as `info` and `GET /janus/info` tell it. */
  info(transaction: string): JanusReply {
    return describeServer(this.#options.server, this.#options.plugins, transaction);
  }

  #sessionFor(envelope: Envelope, client: Client): Session | ErrorReply {
    const { access, sessions } = this.#options;
    if (!access.allows(envelope.apisecret, envelope.token)) return unauthorized(envelope);
    const session = sessions.find(envelope.sessionId);
    // The id alone does not open somebody else's session: it has to be claimed.
    if (!session || (session.owner !== client.owner && envelope.verb !== 'claim')) {
      return refusal(janusErrors.sessionNotFound, `No such session ${envelope.sessionId}`, envelope);
    }
    return session;
  }

  #onSession(envelope: Envelope, input: unknown, session: Session, client: Client): JanusReply {
    const handle = envelope.handleId === undefined ? undefined : session.handles.get(envelope.handleId);
    if (envelope.handleId !== undefined && !handle) {
      const reason = `No such handle ${envelope.handleId} in session ${session.id}`;
      return refusal(janusErrors.handleNotFound, reason, envelope);
    }
    const place = Object.hasOwn(janusVerbs, envelope.verb)
      ? janusVerbs[envelope.verb as JanusRequest['janus']]
      : 'server';
    if (place === 'server') {
      return refusal(janusErrors.unknownRequest, `Unknown request '${shorten(envelope.verb)}'`, envelope);
    }
    const isForSession = ['keepalive', 'claim'].includes(envelope.verb) || !handle;
    if (place === 'session' ? !isForSession : !handle) return wrongPath(envelope);
    const request = parseJanusRequest(withoutNullCandidate(input));
    if (!request.ok) return refusal(request.code, request.reason, envelope);
    this.#options.sessions.heardFrom(session);
    return handle
      ? this.#serveHandle(request.value, session, handle, client)
      : this.#serveSession(request.value, session, client);
  }

  #serveSession(request: JanusRequest, session: Session, client: Client): JanusReply {
    const { sessions } = this.#options;
    const about = { session_id: session.id, transaction: request.transaction };
    switch (request.janus) {
      case 'keepalive':
        return { janus: 'ack', ...about };
      case 'claim':
        sessions.claim(session, client.owner);
        return { janus: 'success', ...about };
      case 'destroy':
        sessions.end(session, 'destroyed');
        return { janus: 'success', ...about };
      case 'attach':
        return this.#attach(request, session, client);
      case 'info':
      case 'ping':
      case 'create':
      case 'detach':
      case 'hangup':
      case 'message':
      case 'trickle':
        return refusal(janusErrors.invalidPath, `Unhandled request '${request.janus}' at this path`, request);
    }
  }

  #attach(
    request: JanusRequest & { readonly janus: 'attach' },
    session: Session,
    client: Client,
  ): JanusReply {
    const { plugins, sessions, handlesPerSession, log } = this.#options;
    const plugin = plugins.find(({ name }) => name === request.plugin);
    if (!plugin)
      return refusal(janusErrors.pluginNotFound, `No such plugin '${shorten(request.plugin)}'`, request);
    if (session.handles.size >= handlesPerSession) {
      return refusal(janusErrors.tooManyRequests, 'Too many handles in this session', request);
    }
    const handle = new Handle({
      id: sessions.randomId(),
      session,
      plugin,
      opaqueId: request.opaque_id,
      remoteAddress: client.remoteAddress,
      log,
    });
    if (!handle.attach()) return pluginFailed(request);
    session.handles.set(handle.id, handle);
    return {
      janus: 'success',
      session_id: session.id,
      transaction: request.transaction,
      data: { id: handle.id },
    };
  }

  #serveHandle(request: JanusRequest, session: Session, handle: Handle, client: Client): JanusReply {
    const about = { session_id: session.id, transaction: request.transaction };
    const ack: JanusReply = { janus: 'ack', ...about };
    switch (request.janus) {
      case 'message': {
        const jsep = request.jsep === undefined ? undefined : parseJsep(request.jsep);
        if (jsep && !jsep.ok) return refusal(jsep.code, jsep.reason, request);
        return handle.message(request.transaction, request.body, jsep?.value) ? ack : pluginFailed(request);
      }
      case 'trickle': {
        const candidates = candidatesOf(request);
        if ('error' in candidates) return candidates;
        return handle.trickle(candidates) ? ack : pluginFailed(request);
      }
      case 'hangup':
        return handle.hangupByClient() ? { janus: 'success', ...about } : pluginFailed(request);
      case 'detach':
        handle.end();
        return { janus: 'success', ...about };
      case 'keepalive':
      case 'claim':
      case 'destroy':
      case 'attach':
      case 'info':
      case 'ping':
      case 'create':
        return this.#serveSession(request, session, client);
    }
  }
}
