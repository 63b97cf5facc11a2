/** The gateway cannot start, for a reason that whoever started it can put right. The message is one line, fit to be shown. */
export class StartError extends Error {
  override readonly name: string = 'StartError';

  /** A socket that could not be opened. `hint` says how to choose another. */
  static cannotListen(what: string, address: string, hint: string, cause: unknown): StartError {
    const code = errorCode(cause);
    const why = reasons[code] ?? `cannot be opened (${code || String(cause)})`;
    return new StartError(`${what}: ${address} ${why}; ${hint}`, { cause });
  }

  static cannotWrite(folder: string, cause: unknown): StartError {
    const why = errorCode(cause) || String(cause);
    return new StartError(
      `The data folder ${folder} cannot be written (${why}); choose another with --data or dataDir`,
      { cause },
    );
  }

  static engineDoesNotRun(cause: Error): StartError {
    const hint = 'name a Janus with janus.url, or a program to start with media.engine: janus';
    return new StartError(`The embedded media engine does not run here (${cause.message}); ${hint}`, {
      cause,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be used without more rights',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no address of this machine',
};

/** The system's code of an error, or of what caused it. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return error.code;
  return errorCode(error.cause);
}

/** The one line that tells why the gateway does not start; undefined for a bug of ours, which is shown with its stack. */
export function startFault(error: unknown): string | undefined {
  return error instanceof StartError ? error.message : undefined;
}
