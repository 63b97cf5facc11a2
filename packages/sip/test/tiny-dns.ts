import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import type { NaptrRecord, SrvRecord } from '../src/dns.ts';

type Answer = string | NaptrRecord | SrvRecord;
/** `SRV _sip._udp.example.com` and what is there. */
export type TinyZone = Readonly<Record<string, readonly Answer[]>>;

const typeNames: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR' };

/** A DNS server (RFC 1035) on loopback for one zone: it answers what it has, and of the rest that there is nothing. */
export class TinyDns {
  readonly #socket: Socket;
  readonly #zone: TinyZone;

  private constructor(socket: Socket, zone: TinyZone) {
    this.#socket = socket;
    this.#zone = zone;
    socket.on('message', (query, from) => this.#answer(query, from));
  }

  static async open(zone: TinyZone): Promise<TinyDns> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new TinyDns(socket, zone);
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #answer(query: Buffer, from: RemoteInfo): void {
    const { name, end } = readName(query, 12);
    const type = query.readUInt16BE(end);
    const question = query.subarray(12, end + 4);
    const found = this.#zone[`${typeNames[type]} ${name.toLowerCase()}`] ?? [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(found.length > 0 ? 0x8180 : 0x8183, 2); // No error, or no such name.
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(found.length, 6);
    const records = found.map((answer) => {
      const data = dataOf(answer);
      const fixed = Buffer.alloc(12);
      fixed.writeUInt16BE(0xc00c, 0); // The name of the question.
      fixed.writeUInt16BE(type, 2);
      fixed.writeUInt16BE(1, 4);
      fixed.writeUInt32BE(60, 6);
      fixed.writeUInt16BE(data.length, 10);
      return Buffer.concat([fixed, data]);
    });
    this.#socket.send(Buffer.concat([header, question, ...records]), from.port, from.address);
  }
}

function dataOf(answer: Answer): Buffer {
  if (typeof answer === 'string') return addressBytes(answer);
  if ('service' in answer) {
    const { order, preference, flags, service, replacement } = answer;
    return Buffer.concat([
      numbers(order, preference),
      text(flags),
      text(service),
      text(''),
      nameBytes(replacement),
    ]);
  }
  const { priority, weight, port, name } = answer;
  return Buffer.concat([numbers(priority, weight, port), nameBytes(name)]);
}

function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [front = '', back = ''] = address.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [head, tail] = [groups(front), groups(back)];
  return numbers(...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, 2 * at);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([...labels.map(text), Buffer.from([0])]);
}

function readName(message: Buffer, at: number): { name: string; end: number } {
  const labels: string[] = [];
  while (message[at] !== 0) {
    const length = message[at] ?? 0;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}
