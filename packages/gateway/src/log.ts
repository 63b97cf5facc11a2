/** The logging calls that the gateway makes: facts first, then a constant text. pino fits. */
export interface Log {
  debug(facts: object, text: string): void;
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
  /** Whether such lines are written at all. */
  isLevelEnabled?(level: 'debug'): boolean;
}
