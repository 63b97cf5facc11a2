import type { Jsep } from '@soft-handset/protocol';

/*
 * What `media.ts` and its load generator say to each other over Node's IPC channel; both are of one build.
 */

export type ToLoad =
  /** A browser for an offer of the engine's; answered with `answered`. */
  | { readonly do: 'answer'; readonly question: number; readonly offer: Jsep }
  /** Answered with `ready` when every browser's ICE and DTLS are up. */
  | { readonly do: 'connect'; readonly question: number }
  /** All browsers talk for a while; answered with `ran`. */
  | { readonly do: 'run'; readonly question: number; readonly ms: number };

export type FromLoad =
  | { readonly says: 'up'; readonly phone: { readonly address: string; readonly port: number } }
  | { readonly says: 'answered'; readonly question: number; readonly answer: Jsep }
  | { readonly says: 'ready'; readonly question: number }
  | { readonly says: 'ran'; readonly question: number; readonly facts: LoadFacts }
  | { readonly says: 'failed'; readonly question: number; readonly why: string };

/** What became of the packets of one run. */
export interface LoadFacts {
  readonly sent: number;
  readonly reachedPhone: number;
  readonly cameBack: number;
  /** Of single ways: browser to phone and phone to browser, each packet counts. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How late the generator itself was with its packets: what it cannot measure better than. */
  readonly ownP99Ms: number;
  /** Of the generator's core. */
  readonly ownProcessorPercent: number;
}
