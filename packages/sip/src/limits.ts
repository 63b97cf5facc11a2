/** How much a peer may send before it is refused. */
export interface MessageLimits {
  /** A whole message. */
  readonly messageBytes: number;
  /** Header fields in one message. */
  readonly headerCount: number;
  /** Start line and headers together. */
  readonly headerBytes: number;
  /** The Request-URI with its method and version, or the status line. */
  readonly startLineBytes: number;
}

export const defaultLimits: MessageLimits = {
  messageBytes: 65_535,
  headerCount: 200,
  headerBytes: 32_768,
  startLineBytes: 4_096,
};

/** The defaults with what the caller sets. */
export function withDefaultLimits(limits: Partial<MessageLimits> = {}): MessageLimits {
  return { ...defaultLimits, ...limits };
}
