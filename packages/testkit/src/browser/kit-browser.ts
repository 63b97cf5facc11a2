import { MemorySocket, type GatewayDoor } from '../memory-socket.ts';
import { KitDevices } from './kit-devices.ts';
import { KitStream, KitTrack } from './kit-media.ts';
import { PeerConnections } from './kit-peer-connection.ts';
import { KitSender } from './kit-transceiver.ts';
import { KitAudioContext, KitBufferSource, mediaElement } from './kit-sound.ts';

/**
 * What a browser has and a DOM library for tests (happy-dom, jsdom) has not: put into the globals, and taken out again by
 * `close`. Sockets to other addresses than the kit's are those that were there before.
 */
export class KitBrowser {
  readonly devices = new KitDevices();
  readonly connections = new PeerConnections();
  readonly #undo: (() => void)[] = [];

  /** @throws Error where there is no `document`: the test needs the environment of a page */
  constructor(url: string, door: GatewayDoor) {
    if (typeof document === 'undefined')
      throw new Error('The test kit needs a DOM: run the test in the environment happy-dom or jsdom');
    const { connections } = this;
    const before = globalThis.WebSocket as typeof WebSocket | undefined;
    const socket = function (address: string | URL, protocols?: string | string[]): object {
      if (String(address) === url) return new MemorySocket(url, door);
      if (before === undefined) throw new Error(`No WebSocket here but to ${url}`);
      return new before(address, protocols);
    };
    this.#put(globalThis, {
      WebSocket: Object.assign(socket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }),
      RTCPeerConnection: function () {
        return connections.create();
      },
      RTCRtpSender: KitSender,
      RTCRtpReceiver: { getCapabilities: () => ({ codecs: [] }) },
      MediaStream: KitStream,
      MediaStreamTrack: KitTrack,
      AudioContext: KitAudioContext,
      AudioBufferSourceNode: KitBufferSource,
      isSecureContext: true,
    });
    this.#put(navigator, { mediaDevices: this.devices });
    if (typeof HTMLMediaElement !== 'undefined') this.#define(HTMLMediaElement.prototype, mediaElement);
  }

  close(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  #put(target: object, values: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(values).map(([name, value]) => [
      name,
      { value, configurable: true, writable: true },
    ]);
    this.#define(target, Object.fromEntries(entries) as PropertyDescriptorMap);
  }

  #define(target: object, properties: PropertyDescriptorMap): void {
    for (const [name, descriptor] of Object.entries(properties)) {
      const before = Object.getOwnPropertyDescriptor(target, name);
      Object.defineProperty(target, name, descriptor);
      this.#undo.push(() => {
        if (before) Object.defineProperty(target, name, before);
        else Reflect.deleteProperty(target, name);
      });
    }
  }
}
