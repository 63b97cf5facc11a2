/** What may go wrong in this package. Codes are the contract, texts are not. */
export type SipErrorCode =
  | 'invalid-uri'
  | 'invalid-header'
  | 'invalid-message'
  | 'invalid-challenge'
  | 'wrong-state'
  | 'transport'
  | 'timeout'
  | 'closed';

/** The only error that leaves this package. Nothing that a peer sends raises it: it speaks of our own caller, or of a dead transport. */
export class SipError extends Error {
  readonly code: SipErrorCode;

  constructor(code: SipErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SipError';
    this.code = code;
  }

  static invalidUri(text: string): SipError {
    return new SipError('invalid-uri', `not a SIP or tel URI: ${JSON.stringify(text)}`);
  }

  static invalidHeader(name: string, why: string): SipError {
    return new SipError('invalid-header', `header ${JSON.stringify(name)} ${why}`);
  }

  static invalidMessage(why: string): SipError {
    return new SipError('invalid-message', why);
  }

  static invalidChallenge(why: string): SipError {
    return new SipError('invalid-challenge', why);
  }

  static wrongState(what: string, state: string): SipError {
    return new SipError('wrong-state', `${what} makes no sense while ${state}`);
  }

  static transport(what: string, cause?: unknown): SipError {
    return new SipError('transport', what, cause === undefined ? undefined : { cause });
  }

  static timeout(what: string): SipError {
    return new SipError('timeout', `${what} took too long`);
  }

  static closed(what: string): SipError {
    return new SipError('closed', `${what} is closed`);
  }
}
