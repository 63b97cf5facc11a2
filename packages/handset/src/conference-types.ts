import type { Call } from './call-types.ts';

/** Calls that are mixed here. It ends with the last but one of them, or by `split`. */
export interface Conference {
  readonly calls: readonly Call[];
  /** Our sound to all of them. */
  readonly isMuted: boolean;
  mute(): void;
  unmute(): void;
  /** Back to single calls: all but `stay` (default: the first) are held. */
  split(stay?: Call): Promise<void>;
  /** All of them. */
  hangup(): Promise<void>;
}
