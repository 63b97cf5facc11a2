/** How a call is now; counted from the last look, where it says so. What the browser does not tell is undefined. */
export interface CallStats {
  /** Milliseconds as of `Date.now()`. */
  readonly at: number;
  readonly roundTripMs: number | undefined;
  /** What the peer's sound needs here to be played evenly. */
  readonly bufferMs: number | undefined;
  readonly jitterMs: number | undefined;
  /** 0 to 100, of the sound that was sent to us since the last look. */
  readonly lossPercent: number | undefined;
  /** The same of ours, as the server reports it. */
  readonly sentLossPercent: number | undefined;
  readonly codec: string | undefined;
  /** Since the last look. */
  readonly receivedKbps: number | undefined;
  readonly sentKbps: number | undefined;
  /** 1 (bad) to 4.4, after ITU-T G.107; undefined before any sound has come. */
  readonly mos: number | undefined;
  /** How the media gets through: `host`, `srflx`, `prflx` or `relay`. */
  readonly path: string | undefined;
}
