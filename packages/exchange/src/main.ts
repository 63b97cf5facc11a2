import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readExchangeConfig } from './config.ts';
import { startExchange, type Exchange } from './exchange.ts';

const help = `Usage: node main.js --config FILE [--lan]
The exchange beside the server: a SIP registrar and router for the accounts of the file; an echo, a measuring tone, music and a room.
  --config FILE  YAML, as the server's: its parts "exchange" and "accounts" count
  --lan          listen on all addresses, not only on this machine's own
`;

try {
  await main();
} catch (error) {
  end(1, error);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, lan: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true || values.config === undefined) {
    process.stdout.write(help);
    process.exit(values.help === true ? 0 : 1);
  }
  const config = readExchangeConfig(values.config);
  const log = pino({ name: 'exchange', level: process.env['SOFT_HANDSET_LOG_LEVEL'] || 'warn' });
  const exchange = await startExchange(values.lan === true ? { ...config, host: '0.0.0.0' } : config, {
    log,
  });
  greet(
    `exchange: sip:${exchange.host}:${exchange.port} over UDP and TCP${others(exchange)}, echo ${config.echo}\n`,
  );
  const stop = () => void exchange.close().finally(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  // Started by another program: its end is ours.
  process.once('disconnect', stop);
}

/** Who has started us waits for it, and has its own words for it. */
function greet(text: string): void {
  if (process.send) process.send({ up: '' });
  else process.stdout.write(text);
}

function others({ tlsPort, wsPort, wssPort }: Exchange): string {
  const listening = [
    ['TLS', tlsPort],
    ['WebSocket', wsPort],
    ['secure WebSocket', wssPort],
  ] as const;
  return listening.map(([name, port]) => (port === undefined ? '' : `, ${name} ${port}`)).join('');
}

function end(code: number, error: unknown): never {
  process.stderr.write(`exchange: ${describe(error)}\n`);
  process.exit(code);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  const what = message.replace(/^cannot (listen on|bind) /, '');
  return isTaken ? `${what} is taken by another program; choose another as exchange.port` : message;
}
