import { checkRequest, parseMessage } from '@soft-handset/sip';
import sip from 'sip';
import { Core } from 'sip.js';
import { median } from './percentiles.ts';
import { typicalInvite } from './typical-invite.ts';

/*
 * How long a typical INVITE takes to be read, by us and by the two SIP stacks of npm, in one process and by turns.
 * Ours reads a header when somebody asks for it; so that we are not praised for work left undone, what counts is the message with
 * all that the layers above read of it: Request-URI, every Via, From, To, CSeq and Contact, as `checkRequest` does for each message.
 * The last line is `RESULT {"parseMicros":..}`.
 */

interface Parser {
  readonly name: string;
  /** About a quarter of a second for each round. */
  readonly messages: number;
  /** Something of the message, so that nothing can be left out as unused. */
  readonly read: () => unknown;
}

const rounds = 15;
const bytes = Buffer.from(typicalInvite);
const text = bytes.toString();
const silent = new Core.LoggerFactory();
silent.builtinEnabled = false;
const logger = silent.getLogger('bench');

const parsers: readonly Parser[] = [
  { name: 'ours, checked', messages: 20_000, read: () => checked(bytes) },
  { name: 'ours, the message alone', messages: 40_000, read: () => parsed(bytes).headers },
  { name: 'npm sip', messages: 10_000, read: () => sip.parse(text) },
  { name: 'npm sip.js', messages: 200, read: () => Core.Parser.parseMessage(text, logger) },
];

const micros = new Map(parsers.map(({ name }) => [name, [] as number[]]));
for (const parser of parsers) measure(parser); // What is compiled at first use is compiled now.
for (let round = 0; round < rounds; round += 1) {
  for (const parser of parsers) micros.get(parser.name)?.push(measure(parser));
}

console.log(`an INVITE of ${bytes.length} bytes, the median of ${rounds} rounds`);
for (const { name } of parsers) console.log(`  ${name.padEnd(24)} ${of(name).toFixed(1).padStart(7)} µs`);
console.log(`RESULT ${JSON.stringify({ parseMicros: Number(of('ours, checked').toFixed(2)) })}`);

function measure({ messages, read }: Parser): number {
  const startedAt = performance.now();
  for (let message = 0; message < messages; message += 1) {
    if (read() === undefined) throw new Error('the INVITE was not read');
  }
  return ((performance.now() - startedAt) * 1_000) / messages;
}

function parsed(input: Buffer) {
  const result = parseMessage(input);
  if (!result.ok || result.message.kind !== 'request') throw new Error('the INVITE was not read');
  return result.message;
}

function checked(input: Buffer): unknown {
  const request = parsed(input);
  if (checkRequest(request)) throw new Error('the INVITE was found wrong');
  return request;
}

function of(name: string): number {
  return median(micros.get(name) ?? []);
}
