type Write = (text: string, facts?: Readonly<Record<string, unknown>>) => void;

/** Where the engine says what befell it. Constant text, facts as fields. */
export interface MediaLog {
  readonly info: Write;
  readonly warn: Write;
  readonly debug: Write;
}

const ignore: Write = () => undefined;
export const silentLog: MediaLog = { info: ignore, warn: ignore, debug: ignore };
