import type { HandsetErrorCode } from './soft-handler-types.ts';
import { messageFor, type Language } from './messages.ts';

/**
 * The one error that the SDK throws. `code` is the contract: a word for faults of the browser side, a number for
 * what the server or the peer said (registration code, SIP status, plugin error). `message` is for people.
 */
export class HandsetError extends Error {
  readonly code: HandsetErrorCode | number;

  constructor(code: HandsetErrorCode | number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HandsetError';
    this.code = code;
  }

  /** `detail` stands in where there is no text for the code. */
  static of(code: HandsetErrorCode | number, cause?: unknown, detail?: string): HandsetError {
    return new HandsetError(code, messageFor(code, 'en', detail), cause);
  }

  /** Whatever was thrown, as one of ours: what is not already becomes `code`, with the cause kept. */
  static from(thrown: unknown, code: HandsetErrorCode): HandsetError {
    return thrown instanceof HandsetError ? thrown : HandsetError.of(code, thrown);
  }

  /** The same in the language of the page. */
  in(language: Language): HandsetError {
    const message = messageFor(this.code, language, this.message);
    return message === this.message ? this : new HandsetError(this.code, message, this.cause ?? this);
  }
}
