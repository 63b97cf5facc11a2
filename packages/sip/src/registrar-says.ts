import { isIP } from 'node:net';
import type { OutboundProxy } from './account.ts';
import type { Flow, Protocol } from './contract.ts';
import { topVia } from './header-values.ts';
import type { FlowFacts } from './keep-alives.ts';
import type { NameAddr, SipResponse, SipUri } from './message.ts';
import { parseContacts, parseNameAddr } from './name-addr.ts';

/** Where our messages come from, as somebody sees them over that protocol. */
export interface SeenAt {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
}

/** What the registrar has said with its last 2xx of the ways between it and us. */
export interface RegistrarSays {
  /** The proxies that our requests outside a dialog pass, in this order (RFC 3608 §6.1). */
  readonly serviceRoute: readonly NameAddr[];
  /** Where it sees us, where that is not where our own address is: behind a NAT. */
  readonly seenAt?: SeenAt | undefined;
  /** It has understood that this is one of several flows (RFC 5626 §6). */
  readonly isOutbound?: boolean;
  /** By which of the account's proxies it was asked. */
  readonly proxy?: OutboundProxy | undefined;
}

export const saysNothing: RegistrarSays = { serviceRoute: [] };

const longestRoute = 8;

/** Empty where there is none, or one that nobody could follow. */
export function serviceRouteOf({ headers }: SipResponse): readonly NameAddr[] {
  const values = headers.list('Service-Route');
  const routes = values.flatMap((value) => parseNameAddr(value) ?? []);
  const isUsable = values.length <= longestRoute && routes.length === values.length;
  return isUsable && routes.every(({ uri }) => uri.scheme !== 'tel') ? routes : [];
}

/**
 * Where the registrar sees us, if our Contact says otherwise (RFC 3581 §4). What it sees over loopback is of no use to anybody else. Over
 * streams the port tells nothing: the connection has one of its own.
 */
export function seenAtOf(response: SipResponse, { protocol }: Flow, contact: SipUri): SeenAt | undefined {
  const via = topVia(response);
  if (!via || isIP(contact.host) === 0) return undefined;
  const host = (via.params.get('received') ?? via.host).replace(/^\[|\]$/g, '');
  const port = Number(via.params.get('rport'));
  if (isIP(host) === 0 || isLoopback(host) || !(Number.isInteger(port) && port > 0 && port < 65_536))
    return undefined;
  const isSame = host === contact.host && (protocol !== 'udp' || port === (contact.port ?? 5060));
  return isSame ? undefined : { protocol, host, port };
}

/** Seconds: what our Contact says, else Expires (RFC 3261 §10.2.4). Undefined: nothing. */
export function lifetimeOf({ headers }: SipResponse, contactUser: string): number | undefined {
  const contacts = parseContacts(headers.getAll('Contact'));
  const ours = Array.isArray(contacts)
    ? (contacts.find(({ uri }) => uri.user === contactUser) ??
      (contacts.length === 1 ? contacts[0] : undefined))
    : undefined;
  const texts = [ours?.params.get('expires'), headers.get('Expires')];
  return texts.map((text) => Number.parseInt(text ?? '', 10)).find((seconds) => seconds > 0);
}

/** RFC 5626 §6, §10. */
export function flowFactsOf({ headers }: SipResponse): FlowFacts {
  const isOutbound = headers.list('Require').some((option) => option.trim().toLowerCase() === 'outbound');
  const seconds = Number.parseInt(headers.get('Flow-Timer') ?? '', 10);
  return { isOutbound, ...(seconds > 0 && { timerSeconds: seconds }) };
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
