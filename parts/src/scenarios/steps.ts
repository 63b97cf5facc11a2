/*
 * The building blocks of sipp scenarios. A scenario is a list of steps, each a piece of sipp's XML;
 * what stands in square brackets is filled in by sipp when it sends.
 */

export type Step = string;

/** Step after step, with a declaration of every variable so that sipp does not complain about those read once. */
export function scenario(name: string, ...steps: readonly (Step | readonly Step[])[]): string {
  const body = steps.flat().filter(Boolean).join('\n');
  const variables = new Set(
    [...body.matchAll(/assign_to="([^"]+)"/g)].flatMap((match) => match[1]?.split(',') ?? []),
  );
  const reference = variables.size > 0 ? `<Reference variables="${[...variables].join(',')}"/>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${body}\n${reference}\n</scenario>\n`;
}

export function pause(milliseconds: number): Step {
  return milliseconds > 0 ? `<pause milliseconds="${milliseconds}"/>` : '';
}

export interface ReceiveOptions {
  /** When the body is not so, sipp goes on, but counts the call as failed at its end. */
  readonly body?: 'sdp' | 'none';
  readonly optional?: boolean;
  /** Keeps Contact and Record-Route as the way back: `[next_url]` and `[routes]`. */
  readonly keepRoute?: boolean;
  /** Fails the call when nothing comes for so long. */
  readonly timeoutMs?: number;
  /** More of sipp's actions. */
  readonly actions?: string;
}

export function receiveRequest(method: string, options: ReceiveOptions = {}): Step {
  return receive(`request="${method}"`, options);
}

export function receiveResponse(status: number, options: ReceiveOptions & { auth?: boolean } = {}): Step {
  return receive(`response="${status}"${options.auth ? ' auth="true"' : ''}`, options);
}

function receive(what: string, options: ReceiveOptions): Step {
  const attributes = [
    what,
    options.optional ? 'optional="true"' : '',
    options.keepRoute ? 'rrs="true"' : '',
    options.timeoutMs ? `timeout="${options.timeoutMs}"` : '',
  ];
  const check =
    options.body === undefined
      ? ''
      : `<ereg regexp="m=audio" search_in="body" ${options.body === 'sdp' ? 'check_it' : 'check_it_inverse'}="true" assign_to="body"/>`;
  return `<recv ${attributes.filter(Boolean).join(' ')}><action>${check}${options.actions ?? ''}</action></recv>`;
}

export interface SendOptions {
  readonly body?: string;
  /** Header lines besides those that every message has. */
  readonly headers?: readonly string[];
  /** Repeats it over UDP until the answer comes (RFC 3261 §17.1.1.2, §13.3.1.4 for a 200 to INVITE). */
  readonly repeat?: boolean;
}

/** A message as sipp wants it: lines, an empty line, the body; `[len]` counts it. */
export function send(lines: readonly string[], options: SendOptions = {}): Step {
  const { body, headers = [], repeat } = options;
  const type = body === undefined ? [] : ['Content-Type: application/sdp'];
  const text = [...lines, ...headers, ...type, 'Content-Length: [len]', '', body ?? ''].filter(
    notBlankHeader,
  );
  return `<send${repeat ? ' retrans="500"' : ''}><![CDATA[\n${text.join('\n')}\n]]></send>`;
}

/** An unset optional header must not leave an empty line in the head. */
function notBlankHeader(line: string, index: number, all: readonly string[]): boolean {
  return line !== '' || index >= all.indexOf('Content-Length: [len]');
}
