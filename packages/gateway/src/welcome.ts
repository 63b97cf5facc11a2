import type { Config } from './config/config.ts';
import { exchangeFacts } from './exchange-facts.ts';
import type { Gateway } from './gateway.ts';
import { qrCode } from './qr-code.ts';
import { linkLifeMs } from './sipserver/one-time-links.ts';

type Section = readonly [title: string, lines: readonly string[]];

/** What the terminal says when the server is up: where the page is, and what one can try. */
export async function welcome(
  gateway: Pick<Gateway, 'urls' | 'sipAddresses' | 'isSelfSigned' | 'oneTimeLink'>,
  config: Config,
  isTerminal: boolean,
): Promise<string> {
  const { urls, sipAddresses, isSelfSigned } = gateway;
  const sections: Section[] = [['page', urls], ['SIP', sipAddresses], ...toTry(config)];
  const lines = [
    'Soft Handset is up',
    ...sections.flatMap(([title, texts]) =>
      texts.map((text, index) => entry(index === 0 ? title : '', text)),
    ),
    ...(isSelfSigned ? ['  The certificate is self-signed: the browser asks once whether to go on.'] : []),
  ];
  const account = accountForLink(config, isTerminal);
  if (account !== undefined) {
    const link = gateway.oneTimeLink(account);
    lines.push(
      `  A phone in this network that scans this is logged in as ${account}, once, within ${linkLifeMs / 60_000} minutes:`,
      '',
      await qrCode(link, isTerminal),
      `  ${link}`,
    );
  }
  return `\n${lines.join('\n')}\n\n`;
}

/** Numbers and passwords of the exchange stand here and in the file, never on the page. */
function toTry(config: Config): readonly Section[] {
  const exchange = exchangeFacts(config);
  if (!exchange) return [];
  const numbers = config.accounts.map(({ name, secret, sip }) =>
    [
      name,
      ...(config.lan && secret !== undefined ? [`page secret ${secret}`] : []),
      ...(sip.password === undefined ? [] : [`desk phone: user ${sip.authUser}, password ${sip.password}`]),
    ].join('   '),
  );
  return [
    ['numbers', numbers],
    ['echo', [exchange.echo]],
    ['desk phone', [`registers at ${exchange.address} over UDP or TCP`]],
  ];
}

/**
 * Who may get a link: somebody whom this machine asks for no secret. The first such number is for the page on this machine.
 * Without an exchange only somebody at the terminal sees it, for a log is read by others too.
 */
function accountForLink({ accounts, exchange, lan }: Config, isTerminal: boolean): string | undefined {
  if (!lan || (exchange === undefined && !isTerminal)) return undefined;
  const free = accounts.filter((account) => account.open || account.openOnLoopback);
  return (free[1] ?? free[0])?.name;
}

function entry(title: string, text: string): string {
  return `  ${title.padEnd(10)}  ${text}`;
}
