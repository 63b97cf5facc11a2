import { contactUri, requestOutside, wayTo, withOptions } from './account.ts';
import type { Account } from './account.ts';
import type { RegistrationOptions } from './contract.ts';
import type { Core } from './core.ts';
import type { Endpoint } from './endpoint.ts';
import type { SipRequest, SipUri } from './message.ts';
import { formatNameAddr } from './name-addr.ts';
import { noParams } from './params.ts';
import type { Way } from './resolve.ts';

export interface RegisterFacts {
  readonly callId: string;
  readonly cseq: number;
  readonly fromTag: string;
  /** Seconds; 0 takes the binding away. */
  readonly expires: number;
  /** The binding that this one takes the place of. */
  readonly insteadOf?: SipUri | undefined;
  /** The number of the flow, where there are several (RFC 5626 §4.2). */
  readonly regId?: number | undefined;
}

export interface RegisterRequest {
  readonly request: SipRequest;
  readonly to: Way;
  readonly contact: SipUri;
}

/** A REGISTER (RFC 3261 §10.2). @throws SipError `invalid-header` */
export function registerRequest(
  {
    core,
    endpoint,
    account,
  }: { readonly core: Core; readonly endpoint: Endpoint; readonly account: Account },
  { expires, insteadOf, regId, ...facts }: RegisterFacts,
  { headers, contactParams }: RegistrationOptions,
): RegisterRequest {
  const { aor } = account;
  const uri: SipUri = {
    scheme: aor.scheme,
    host: aor.host,
    ...(aor.port ? { port: aor.port } : {}),
    params: aor.params,
    headers: noParams,
  };
  // RFC 3608 §6.1: the way that the registrar has named is not the way to the registrar.
  const registrar = { ...account.registrar, serviceRoute: [], isOutbound: false };
  const direct: Account = { ...account, registrar };
  const to = wayTo(direct, uri);
  const request = requestOutside(direct, core, { ...facts, method: 'REGISTER', uri, to: aor });
  const contact = contactUri(direct, endpoint, endpoint.protocolTo(to) ?? 'udp', aor.scheme === 'sips');
  const isFlow = account.instance !== undefined && regId !== undefined;
  const flow = isFlow ? { '+sip.instance': `"<${account.instance}>"`, 'reg-id': String(regId) } : {};
  const params = new Map([
    ...(contactParams ?? []),
    ...Object.entries(flow),
    ['expires', String(expires)] as const,
  ]);
  request.headers.append('Contact', formatNameAddr({ uri: contact, params }));
  if (insteadOf)
    request.headers.append(
      'Contact',
      formatNameAddr({ uri: insteadOf, params: new Map([['expires', '0']]) }),
    );
  request.headers.append('Expires', String(expires));
  // RFC 3327 §5.1, RFC 5626 §4.2.1.
  request.headers.append('Supported', isFlow ? 'path, outbound' : 'path');
  for (const [name, value] of account.headers) request.headers.append(name, value);
  return { request: withOptions(request, headers ? { headers } : {}), to, contact };
}
