type Write = (text: string, facts?: Readonly<Record<string, unknown>>) => void;

/** Where the engine says what befell it. Constant text, facts as fields. */
export interface MediaLog {
  readonly info: Write;
  readonly warn: Write;
  readonly debug: Write;
  /** Where it is there and says no, facts for `debug` are not gathered: there are some for each message. */
  readonly isDebugging?: () => boolean;
}

const ignore: Write = () => undefined;
export const silentLog: MediaLog = { info: ignore, warn: ignore, debug: ignore };
