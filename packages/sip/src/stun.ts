import { isIPv4, isIPv6 } from 'node:net';
import { formatHostPort } from './host.ts';

/*
 * The little of STUN (RFC 5389) that keeps a UDP flow open (RFC 5626 §4.4.2): a binding request, and the answer that says from where
 * it came.
 */

const cookie = 0x2112a442;
const bindingRequest = 0x0001;
const bindingResponse = 0x0101;
const xorMappedAddress = 0x0020;
const headerBytes = 20;

export type StunMessage =
  | { readonly kind: 'request'; readonly id: string }
  | { readonly kind: 'response'; readonly id: string; readonly mapped: string | undefined };

/** SIP begins with a letter, STUN with two zero bits (RFC 5626 §8). Undefined: it is none, or one that we do not speak. */
export function parseStun(bytes: Buffer): StunMessage | undefined {
  if (!looksLikeStun(bytes)) return undefined;
  const id = bytes.toString('hex', 8, headerBytes);
  switch (bytes.readUInt16BE(0)) {
    case bindingRequest:
      return attributesOf(bytes).some(({ type }) => type < 0x8000) ? undefined : { kind: 'request', id };
    case bindingResponse:
      return { kind: 'response', id, mapped: mappedAddress(bytes) };
    default:
      return undefined;
  }
}

export function looksLikeStun(bytes: Buffer): boolean {
  return (
    bytes.length >= headerBytes &&
    ((bytes[0] ?? 0xff) & 0xc0) === 0 &&
    bytes.readUInt32BE(4) === cookie &&
    bytes.readUInt16BE(2) === bytes.length - headerBytes
  );
}

/** @param id twelve bytes as hex */
export function stunRequest(id: string): Buffer {
  return header(bindingRequest, 0, id);
}

/** Tells the asker from where he is seen. */
export function stunResponse(id: string, host: string, port: number): Buffer {
  const address = addressBytes(host);
  const value = Buffer.alloc(4 + address.length);
  value[1] = address.length === 4 ? 1 : 2;
  value.writeUInt16BE(port ^ (cookie >>> 16), 2);
  const key = keyOf(id);
  for (const [at, byte] of address.entries()) value[4 + at] = byte ^ (key[at] ?? 0);
  const attribute = Buffer.alloc(4);
  attribute.writeUInt16BE(xorMappedAddress, 0);
  attribute.writeUInt16BE(value.length, 2);
  return Buffer.concat([header(bindingResponse, 4 + value.length, id), attribute, value]);
}

function header(type: number, length: number, id: string): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(cookie, 4);
  bytes.write(id, 8, 'hex');
  return bytes;
}

function mappedAddress(bytes: Buffer): string | undefined {
  const value = attributesOf(bytes).find(({ type }) => type === xorMappedAddress)?.value;
  if (!value || (value.length !== 8 && value.length !== 20)) return undefined;
  const key = keyOf(bytes.toString('hex', 8, headerBytes));
  const address = value.subarray(4).map((byte, at) => byte ^ (key[at] ?? 0));
  const port = value.readUInt16BE(2) ^ (cookie >>> 16);
  const groups = Array.from({ length: 8 }, (_, at) =>
    Buffer.from(address).toString('hex', 2 * at, 2 * at + 2),
  );
  return formatHostPort(address.length === 4 ? address.join('.') : groups.join(':'), port);
}

function attributesOf(bytes: Buffer): { readonly type: number; readonly value: Buffer }[] {
  const attributes: { type: number; value: Buffer }[] = [];
  for (let at = headerBytes; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.push({ type: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return attributes;
}

/** What an address is masked with. */
function keyOf(id: string): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(cookie, 0);
  key.write(id, 4, 'hex');
  return key;
}

function addressBytes(host: string): number[] {
  if (isIPv4(host)) return host.split('.').map(Number);
  if (!isIPv6(host)) throw new TypeError(`${host} is no IP address`);
  // URL writes an IPv4 tail as two groups.
  const text = new URL(`http://[${host.split('%')[0] ?? ''}]`).hostname.slice(1, -1);
  const [front = '', back] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(front), groups(back ?? '')];
  const gap = Array<string>(back === undefined ? 0 : 8 - head.length - tail.length).fill('0');
  return [...head, ...gap, ...tail].flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
}
