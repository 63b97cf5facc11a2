import type { Candidate } from '@soft-handset/protocol';

/** Many more than a browser has; a handset that sends more loses the rest. */
const most = 128;

/**
 * Candidates that a browser sent before the SDP they belong to: janus.js trickles as soon as the local description stands,
 * the request with the SDP comes after.
 */
export class EarlyCandidates {
  #candidates: Candidate[] = [];

  add(candidates: readonly Candidate[]): void {
    this.#candidates.push(...candidates.slice(0, most - this.#candidates.length));
  }

  clear(): void {
    this.#candidates = [];
  }

  /** Those of this SDP, once. What a PeerConnection before it left behind has another `ufrag` (RFC 8839 §5.4) and is dropped. */
  take(sdp: string): readonly Candidate[] {
    const candidates = this.#candidates;
    if (candidates.length === 0) return candidates;
    this.clear();
    const ufrags = new Set(Array.from(sdp.matchAll(/^a=ice-ufrag:(\S+)/gm), ([, ufrag]) => ufrag));
    const belongs = (candidate: Candidate): boolean => {
      if ('completed' in candidate) return true;
      const ufrag = / ufrag (\S+)/.exec(candidate.candidate)?.[1];
      return ufrag === undefined || ufrags.has(ufrag);
    };
    const ours = candidates.filter(belongs);
    // The end of the candidates of another PeerConnection says nothing about ours.
    return ours.some((candidate) => !('completed' in candidate)) ? ours : [];
  }
}
