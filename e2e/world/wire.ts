import type { Page } from 'playwright-core';
import { sdpLine } from './sdp-line.ts';

/** A Janus API message, as far as it is looked at here. */
export interface WireMessage {
  readonly janus: string;
  readonly transaction?: string;
  readonly session_id?: number;
  readonly body?: { readonly request?: string; readonly call_id?: string };
  readonly jsep?: { readonly type: string; readonly sdp: string };
  readonly candidate?: { readonly completed?: boolean };
  readonly plugindata?: { readonly data: PluginData };
  readonly type?: string;
  readonly mid?: string;
  readonly receiving?: boolean;
  readonly reason?: string;
  readonly error?: { readonly code: number };
}

interface PluginData {
  readonly call_id?: string;
  readonly error_code?: number;
  readonly error?: string;
  readonly result?: { readonly event: string; readonly code?: number; readonly reason?: string };
}

export interface WireEntry {
  /** `>` the handset sends, `<` it receives. */
  readonly direction: '>' | '<';
  readonly message: WireMessage;
}

/**
 * What a page and our server say to each other, over WebSocket or HTTP, in its order and seen by the browser's own network
 * log: nothing in the page is changed. A ladder of it reads as the flows of the founding document do.
 */
export class Wire {
  readonly entries: WireEntry[] = [];
  #from = 0;
  #isSocket = false;
  #inTurn: Promise<unknown> = Promise.resolve();

  constructor(page: Page) {
    page.on('websocket', (socket) => {
      if (!isJanus(socket.url())) return;
      this.#isSocket = true;
      socket.on('framesent', ({ payload }) => this.#add('>', payload));
      socket.on('framereceived', ({ payload }) => this.#add('<', payload));
    });
    page.on('request', (request) => {
      const text = isJanus(request.url()) ? request.postData() : null;
      if (text !== null) this.#later(async () => this.#add('>', text));
    });
    page.on('response', (response) => {
      // A page that goes away takes the body with it.
      if (isJanus(response.url()))
        this.#later(async () => this.#add('<', await response.text().catch(() => '[]')));
    });
  }

  /** Ladders begin here: what was before is not of interest any more. */
  async mark(): Promise<void> {
    await this.#inTurn;
    this.#from = this.entries.length;
  }

  get recent(): readonly WireEntry[] {
    return this.entries.slice(this.#from);
  }

  /** Requests to the plugin and its events. Transactions are numbered by their requests. */
  get ladder(): readonly string[] {
    const transactions = this.#transactions();
    return this.recent.flatMap(
      ({ direction, message }) => signalLine(direction, message, transactions) ?? [],
    );
  }

  /** What is sent about the media, candidates in a row as one, and then what is heard: the two run side by side. */
  get mediaLadder(): readonly string[] {
    const lines = this.recent.flatMap(({ direction, message }) => mediaLine(direction, message) ?? []);
    const sent = lines.filter((line) => line.startsWith('>'));
    const heard = lines.filter((line) => line.startsWith('<'));
    // Whether the first packet with sound or the first with a picture is earlier is up to the browser.
    const byMid = heard
      .filter((line) => line.startsWith('< media,'))
      .sort((one, other) => midOf(one) - midOf(other));
    return [
      ...sent.filter((line, index) => sent[index - 1] !== line),
      ...heard.map((line) => (line.startsWith('< media,') ? (byMid.shift() ?? line) : line)),
    ];
  }

  /** The calls that were named, in their order. */
  get callIds(): readonly string[] {
    const named = this.recent.flatMap(
      ({ message }) => message.plugindata?.data.call_id ?? message.body?.call_id ?? [],
    );
    return [...new Set(named)];
  }

  /** Plugin requests without an `ack`, and events that came before it. Over HTTP the two come on ways of their own. */
  get unacknowledged(): readonly string[] {
    if (!this.#isSocket) return [];
    const acknowledged = new Set<string>();
    const faults: string[] = [];
    for (const { message } of this.recent) {
      const { janus, transaction } = message;
      if (transaction === undefined) continue;
      if (janus === 'ack') acknowledged.add(transaction);
      else if (janus === 'event' && !acknowledged.has(transaction))
        faults.push(`event before ack: ${transaction}`);
    }
    const asked = this.recent.filter(
      ({ direction, message }) => direction === '>' && message.janus === 'message',
    );
    const missing = asked.filter(({ message }) => !acknowledged.has(message.transaction ?? ''));
    return [...faults, ...missing.map(({ message }) => `no ack: ${message.body?.request ?? '?'}`)];
  }

  /** Why calls ended, in the server's words. */
  get reasons(): readonly string[] {
    return this.recent.flatMap(({ message }) => {
      const { event, reason } = message.plugindata?.data.result ?? {};
      return event === 'hangup' && reason !== undefined ? [reason] : [];
    });
  }

  /** Everything, for a person who looks for a fault. */
  toString(): string {
    const transactions = this.#transactions();
    return this.entries
      .map(({ direction, message }) => {
        const line = signalLine(direction, message, transactions) ?? mediaLine(direction, message);
        return (
          line ?? `${direction} ${message.janus}${message.error ? ` ${JSON.stringify(message.error)}` : ''}`
        );
      })
      .filter((line) => !/^[<>] (ack|keepalive)$/.test(line))
      .join('\n');
  }

  #transactions(): ReadonlyMap<string, number> {
    const asked = this.recent.flatMap(({ direction, message }) =>
      direction === '>' && message.janus === 'message' ? (message.transaction ?? []) : [],
    );
    return new Map(asked.map((transaction, index) => [transaction, index + 1]));
  }

  /** Bodies are fetched one after the other, so that they keep their order. */
  #later(work: () => Promise<void>): void {
    this.#inTurn = this.#inTurn.then(work);
  }

  #add(direction: '>' | '<', payload: string | Buffer): void {
    const parsed = JSON.parse(String(payload)) as WireMessage | readonly WireMessage[];
    for (const message of [parsed].flat() as readonly WireMessage[])
      this.entries.push({ direction, message });
  }
}

function isJanus(url: string): boolean {
  return new URL(url).pathname.startsWith('/janus/') || new URL(url).pathname === '/janus';
}

function midOf(line: string): number {
  return Number(line.split('mid:')[1]);
}

/** `> new_call,transaction:1` and `< new_accepted,transaction:1,call_id,offer:sdp(...)` */
function signalLine(
  direction: '>' | '<',
  message: WireMessage,
  transactions: ReadonlyMap<string, number>,
): string | undefined {
  const { janus, transaction, plugindata, body } = message;
  if (janus !== 'message' && janus !== 'event') return undefined;
  const data = plugindata?.data;
  const { event, code } = data?.result ?? {};
  const what = body?.request ?? (data?.error_code === undefined ? event : `error ${data.error_code}`);
  const number = transaction === undefined ? undefined : transactions.get(transaction);
  return [
    `${direction} ${what ?? '?'}${event === 'hangup' || event === 'registration_failed' ? ` ${code ?? '?'}` : ''}`,
    ...(transaction === undefined ? [] : [`transaction:${number ?? 'unknown'}`]),
    ...((data?.call_id ?? body?.call_id) === undefined ? [] : ['call_id']),
    ...(message.jsep ? [`${message.jsep.type}:${sdpLine(message.jsep.sdp)}`] : []),
  ].join(',');
}

function mediaLine(direction: '>' | '<', message: WireMessage): string | undefined {
  switch (message.janus) {
    case 'trickle':
      return `${direction} candidate${message.candidate?.completed === true ? ',completed' : ''}`;
    case 'media':
      return `< media,${message.type},${message.receiving === true ? 'receiving' : 'silent'},mid:${message.mid}`;
    case 'webrtcup':
      return '< webrtcup';
    case 'hangup':
      return `${direction} media closed`;
    default:
      return undefined;
  }
}
