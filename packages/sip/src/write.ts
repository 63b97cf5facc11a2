import type { SipMessage } from './message.ts';
import { hasSpaceOrControl, isToken } from './scan.ts';
import { SipError } from './sip-error.ts';

/**
 * The bytes of a message, with the Content-Length that its body has.
 * @throws SipError `invalid-header` or `invalid-message` if it would not be one message on the wire: a line end in a header, a space in the URI
 */
export function writeMessage(message: SipMessage): Buffer {
  let head = startLine(message);
  for (const [name, value] of message.headers.entries()) {
    if (name !== 'Content-Length') head += `${name}: ${value}\r\n`;
  }
  const length = message.body === '' ? 0 : Buffer.byteLength(message.body);
  return Buffer.from(`${head}Content-Length: ${length}\r\n\r\n${message.body}`);
}

function startLine(message: SipMessage): string {
  if (message.kind === 'request') {
    if (!isToken(message.method))
      throw SipError.invalidMessage(`method ${JSON.stringify(message.method)} is no token`);
    if (message.uri === '' || hasSpaceOrControl(message.uri)) throw SipError.invalidUri(message.uri);
    return `${message.method} ${message.uri} SIP/2.0\r\n`;
  }
  const { status, reason } = message;
  if (!Number.isInteger(status) || status < 100 || status > 699)
    throw SipError.invalidMessage(`status ${status}`);
  if (/[\r\n]/.test(reason)) throw SipError.invalidMessage('the reason phrase holds a line end');
  return `SIP/2.0 ${status} ${reason}\r\n`;
}
