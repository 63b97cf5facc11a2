import {
  makeResponse,
  type ClientTransaction,
  type Clock,
  type Flow,
  type ServerTransaction,
  type SipEndpoint,
  type SipRequest,
  type SipResponse,
} from '@soft-handset/sip';

/** RFC 3261 §16.6 timer C: how long a branch may ring at most. */
const timerCMs = 180_000;

export interface Branch {
  readonly request: SipRequest;
  readonly to: Flow;
}

export interface ForkingOptions {
  readonly endpoint: SipEndpoint;
  readonly clock: Clock;
  /** How long phones may ring; then the caller hears 480. Default: as long as timer C allows. */
  readonly noAnswerMs?: number;
  /** Sees each response before it is passed on. */
  readonly onResponse: (response: SipResponse, flow: Flow | undefined) => void;
  /** The caller has got a final response; of several 2xx each. */
  readonly onFinal?: (status: number) => void;
}

/**
 * Sends a request to all branches at once and passes their responses back (RFC 3261 §16.7): provisional ones and every 2xx at once, of the
 * others the best when all are in. A 2xx or 6xx cancels the branches that still ring.
 */
export function fork(
  upstream: ServerTransaction,
  branches: readonly Branch[],
  options: ForkingOptions,
): void {
  const finals: SipResponse[] = [];
  /** Branches without a final response; there before the first is sent, so that a quick failure of one does not end the others. */
  const open = new Map<Branch, ClientTransaction | undefined>(branches.map((branch) => [branch, undefined]));
  const isInvite = upstream.request.method === 'INVITE';
  const cancelOpen = () => {
    for (const transaction of open.values()) transaction?.cancel();
  };
  let isTooLate = false;
  const giveUp = () => {
    isTooLate = true;
    cancelOpen();
  };
  const patienceMs = Math.min(options.noAnswerMs ?? timerCMs, timerCMs);
  const stopTimerC = isInvite ? options.clock.setTimeout(giveUp, patienceMs) : () => undefined;
  if (isInvite) upstream.onCancel = cancelOpen;

  let isAnswered = false;
  const take = (branch: Branch, response: SipResponse, flow: Flow | undefined) => {
    options.onResponse(response, flow);
    const isSuccess = response.status >= 200 && response.status < 300;
    if (isSuccess) {
      pass(upstream, response);
      options.onFinal?.(response.status);
    }
    isAnswered ||= isSuccess;
    if (!open.delete(branch)) return;
    if (!isSuccess) finals.push(response);
    if (isSuccess || response.status >= 600) cancelOpen();
    if (open.size > 0) return;
    stopTimerC();
    if (isAnswered) return;
    const answer = best(finals, upstream);
    // Their 487 is the answer to our CANCEL; what the caller is to know is that nobody came.
    if (isTooLate && answer.status === 487) upstream.respond(480, { reason: 'No Answer' });
    else pass(upstream, answer);
    options.onFinal?.(answer.status);
  };

  for (const branch of branches) {
    const transaction = options.endpoint.request(
      branch.request,
      {
        provisional: (response, flow) => {
          options.onResponse(response, flow);
          pass(upstream, response);
        },
        final: (response, flow) => take(branch, response, flow),
      },
      branch.to,
    );
    if (open.has(branch)) open.set(branch, transaction);
  }
}

/** Without our Via; a made-up response (timeout, transport) has none and is answered as our own. */
function pass(upstream: ServerTransaction, response: SipResponse): void {
  const headers = response.headers.clone();
  if (headers.shift('Via') === undefined)
    return upstream.respond(response.status, { reason: response.reason });
  upstream.forward({ ...response, headers });
}

/** RFC 3261 §16.7 step 6: 6xx, else the lowest class; a 401 or 407 before others of its class, a 503 is not for our caller. */
function best(finals: readonly SipResponse[], upstream: ServerTransaction): SipResponse {
  const rank = ({ status }: SipResponse) =>
    status >= 600 ? 0 : status === 401 || status === 407 ? 399 : status;
  const [first] = [...finals].sort((a, b) => rank(a) - rank(b));
  if (!first) return makeResponse(upstream.request, 500);
  return first.status === 503 ? { ...first, status: 500, reason: 'Server Internal Error' } : first;
}
