import { afterEach, expect, test } from 'vitest';
import type { Flow } from '../src/contract.ts';
import { canAnswer, makeResponse } from '../src/make.ts';
import type { SipMessage, SipRequest, SipResponse } from '../src/message.ts';
import type { ParseFault } from '../src/parse.ts';
import type { SipTransport } from '../src/transport.ts';
import { writeMessage } from '../src/write.ts';

/** An OPTIONS as bytes. `via` is the sent-by of its top Via and what follows it. */
export function optionsBytes(
  options: { via?: string; body?: string; callId?: string; cseq?: string } = {},
): Buffer {
  const {
    via = 'client.example:5060;branch=z9hG4bK1;rport',
    body = '',
    callId = 'c1',
    cseq = '1 OPTIONS',
  } = options;
  const lines = [
    'OPTIONS sip:service@example.com SIP/2.0',
    `Via: SIP/2.0/UDP ${via}`,
    'Max-Forwards: 70',
    'From: <sip:alice@example.com>;tag=a',
    'To: <sip:service@example.com>',
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** What a transport brings, to be awaited. */
export class Inbox {
  readonly messages: { message: SipMessage; flow: Flow }[] = [];
  readonly faults: { fault: ParseFault; flow: Flow }[] = [];
  readonly broken: Flow[] = [];
  #waiting: (() => void)[] = [];

  constructor(transport: SipTransport) {
    transport.onMessage = (message, flow) => this.#wake(this.messages.push({ message, flow }));
    transport.onMalformed = (fault, flow) => this.#wake(this.faults.push({ fault, flow }));
    transport.onBroken = (flow) => this.#wake(this.broken.push(flow));
  }

  async message(): Promise<{ message: SipMessage; flow: Flow }> {
    await this.until(() => this.messages.length > 0);
    return this.messages.shift()!;
  }

  async request(): Promise<{ message: SipRequest; flow: Flow }> {
    const { message, flow } = await this.message();
    if (message.kind !== 'request') throw new Error(`a request was expected, not ${message.status}`);
    return { message, flow };
  }

  async response(): Promise<SipResponse> {
    const { message } = await this.message();
    if (message.kind !== 'response') throw new Error(`a response was expected, not ${message.method}`);
    return message;
  }

  async fault(): Promise<{ fault: ParseFault; flow: Flow }> {
    await this.until(() => this.faults.length > 0);
    return this.faults.shift()!;
  }

  /** Waits for the next events until the condition holds; vitest's time limit ends it if it never does. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(_: number): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** What every transport must do, the fake one too. `open` gives a new one each time, on one network. */
export function sipTransportContract(name: string, open: () => Promise<SipTransport>): void {
  const opened: SipTransport[] = [];
  const start = async (): Promise<{ transport: SipTransport; inbox: Inbox }> => {
    const transport = await open();
    opened.push(transport);
    return { transport, inbox: new Inbox(transport) };
  };
  const targetOf = ({ protocol, local }: SipTransport) => ({ protocol, ...local });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((transport) => transport.close()));
  });

  test(`${name}: a request arrives with its true origin in the top Via`, async () => {
    const alice = await start();
    const bob = await start();

    await alice.transport.send(optionsBytes({ body: 'hällo' }), targetOf(bob.transport));

    const { message, flow } = await bob.inbox.request();
    expect(message).toMatchObject({ method: 'OPTIONS', uri: 'sip:service@example.com', body: 'hällo' });
    expect(message.headers.get('Via')).toBe(
      `SIP/2.0/UDP client.example:5060;branch=z9hG4bK1;rport=${flow.remotePort};received=${flow.remoteHost}`,
    );
    expect(flow.protocol).toBe(bob.transport.protocol);
  });

  test(`${name}: an answer over the flow comes back to the sender`, async () => {
    const alice = await start();
    const bob = await start();
    await alice.transport.send(optionsBytes(), targetOf(bob.transport));
    const { message, flow } = await bob.inbox.request();

    await bob.transport.send(writeMessage(makeResponse(message, 200, { toTag: 'b' })), flow);

    const response = await alice.inbox.response();
    expect(response.status).toBe(200);
    expect(response.headers.get('To')).toBe('<sip:service@example.com>;tag=b');
  });

  test(`${name}: the flow that a message went out on is the flow its answer comes in on`, async () => {
    const alice = await start();
    const bob = await start();
    const sentOn = await alice.transport.send(optionsBytes(), targetOf(bob.transport));
    const { message, flow } = await bob.inbox.request();

    await bob.transport.send(writeMessage(makeResponse(message, 200)), flow);

    expect((await alice.inbox.message()).flow.id).toBe(sentOn.id);
  });

  test(`${name}: a message of many kilobytes arrives whole`, async () => {
    const alice = await start();
    const bob = await start();
    const body = 'x'.repeat(40_000);

    await alice.transport.send(optionsBytes({ body }), targetOf(bob.transport));

    expect((await bob.inbox.request()).message.body).toBe(body);
  });

  test(`${name}: a malformed request can be answered, and the next is heard`, async () => {
    const alice = await start();
    const bob = await start();
    const malformed = optionsBytes().toString().replace('Max-Forwards: 70', 'Max Forwards 70');

    await alice.transport.send(Buffer.from(malformed), targetOf(bob.transport));
    const { fault, flow } = await bob.inbox.fault();

    expect(fault).toMatchObject({ status: 400, reason: 'Malformed header line' });
    expect(canAnswer(fault.request!)).toBe(true);
    await bob.transport.send(writeMessage(makeResponse(fault.request!, fault.status)), flow);
    expect((await alice.inbox.response()).status).toBe(400);
    await alice.transport.send(optionsBytes(), targetOf(bob.transport));
    expect((await bob.inbox.request()).message.method).toBe('OPTIONS');
  });

  test(`${name}: bytes without sense are reported and harm nobody`, async () => {
    const alice = await start();
    const bob = await start();
    const carol = await start();

    await alice.transport.send(
      Buffer.from('\u0000\u0001\u0002 no SIP at all\r\n\r\n'),
      targetOf(bob.transport),
    );
    const { fault } = await bob.inbox.fault();
    await carol.transport.send(optionsBytes(), targetOf(bob.transport));

    expect(fault.request).toBeUndefined();
    expect((await bob.inbox.request()).message.method).toBe('OPTIONS');
  });

  test(`${name}: a target that is no IP address is refused`, async () => {
    const { transport } = await start();

    const sent = transport.send(optionsBytes(), {
      protocol: transport.protocol,
      host: 'localhost',
      port: 5060,
    });

    await expect(sent).rejects.toMatchObject({ name: 'SipError', code: 'transport' });
  });

  test(`${name}: sending to where nobody listens breaks nothing`, async () => {
    const alice = await start();
    const bob = await start();
    const nobody = await start();
    await nobody.transport.close();

    const outcome = await alice.transport.send(optionsBytes(), targetOf(nobody.transport)).then(
      () => 'sent',
      (error: unknown) => (error as { code?: string }).code,
    );
    await alice.transport.send(optionsBytes(), targetOf(bob.transport));

    expect(['sent', 'transport']).toContain(outcome);
    expect((await bob.inbox.request()).message.method).toBe('OPTIONS');
  });

  test(`${name}: after close nothing is sent, and a second close is harmless`, async () => {
    const alice = await start();
    const bob = await start();

    await alice.transport.close();
    await alice.transport.close();

    await expect(alice.transport.send(optionsBytes(), targetOf(bob.transport))).rejects.toMatchObject({
      code: 'closed',
    });
    expect(alice.transport.connections).toBe(0);
  });
}
