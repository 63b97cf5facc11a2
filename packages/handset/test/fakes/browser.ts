import { vi } from 'vitest';
// Loaded as after the first call with pictures: a fake clock does not wait for files.
import '../../src/pictures.ts';
import { FakeDevices, FakeStream, FakeTrack } from './fake-media.ts';
import { FakeDestination, FakeMediaSource } from './fake-web-audio.ts';
import { FakePeerConnection } from './fake-peer-connection.ts';
import { FakeServer, FakeSocket } from './fake-server.ts';

/** What plays and what refuses to. */
export class FakeSound {
  isBlocked = false;
  /** A context that is to sound is not told that it may not: it is left waiting. */
  waitsForGesture = false;
  readonly contexts: { state: string }[] = [];
  /** Tones that sound now, by their length in seconds. */
  readonly tones = new Set<number>();
  readonly files: string[] = [];
  /** Where contexts were told to sound, in their order. */
  readonly sinks: string[] = [];
  /** The same of elements. */
  readonly outputs: string[] = [];
}

export interface FakeBrowser {
  devices: FakeDevices;
  server: FakeServer;
  sound: FakeSound;
  /** Listeners that the SDK has on the window. */
  windowListeners: () => number;
}

/** Puts a browser's parts into the globals; `vi.unstubAllGlobals` takes them out. */
export function fakeBrowser(): FakeBrowser {
  const devices = new FakeDevices();
  const server = new FakeServer();
  FakePeerConnection.all = [];
  FakePeerConnection.isBroken = false;
  vi.stubGlobal(
    'WebSocket',
    Object.assign(
      function (url: string) {
        return new FakeSocket(url, server);
      },
      { OPEN: 1 },
    ),
  );
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('MediaStreamTrack', FakeTrack);
  vi.stubGlobal('RTCRtpSender', { prototype: {} });
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: capabilities }) });
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
  return { devices, server, sound: fakeSound(), windowListeners: countWindowListeners() };
}

const capabilities = [
  { mimeType: 'video/VP8' },
  { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=640c1f' },
  { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
];

function fakeSound(): FakeSound {
  const sound = new FakeSound();
  class FakeContext {
    state = 'suspended';
    destination = {};
    constructor() {
      sound.contexts.push(this);
    }
    createBuffer(_channels: number, length: number, rate: number) {
      return { duration: length / rate, getChannelData: () => new Float32Array(length) };
    }
    createMediaStreamDestination() {
      return new FakeDestination();
    }
    createMediaStreamSource(stream: FakeStream) {
      return new FakeMediaSource(stream);
    }
    async setSinkId(id: string) {
      sound.sinks.push(id);
    }
    async resume() {
      if (sound.waitsForGesture) return new Promise<void>(() => undefined);
      if (!sound.isBlocked) this.state = 'running';
    }
    async suspend() {
      if (this.state === 'running') this.state = 'suspended';
    }
    async close() {
      this.state = 'closed';
    }
  }
  class FakeSource {
    readonly #seconds: number;
    constructor(_context: unknown, options: { buffer: { duration: number } }) {
      this.#seconds = options.buffer.duration;
    }
    connect() {}
    disconnect() {}
    start() {
      sound.tones.add(this.#seconds);
    }
    stop() {
      sound.tones.delete(this.#seconds);
    }
  }
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('AudioBufferSourceNode', FakeSource);
  const prototype = HTMLMediaElement.prototype;
  const define = (name: string, value: unknown) =>
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  define('play', async function (this: HTMLMediaElement): Promise<void> {
    if (sound.isBlocked) throw new DOMException('fake', 'NotAllowedError');
    const file = this.getAttribute('src');
    if (file !== null) sound.files.push(file);
  });
  define('pause', () => undefined);
  define('setSinkId', async (id: string) => void sound.outputs.push(id));
  define('srcObject', null);
  return sound;
}

/** Without janus.js's own: it listens for the end of the page once, and never stops. */
function countWindowListeners(): () => number {
  const live = new Set<string>();
  const ids = new Map<unknown, number>();
  const key = (type: string, listener: unknown) => {
    ids.set(listener, ids.get(listener) ?? ids.size);
    return `${type} ${ids.get(listener)}`;
  };
  const add = window.addEventListener.bind(window);
  const remove = window.removeEventListener.bind(window);
  vi.stubGlobal('addEventListener', (type: string, listener: EventListener, options?: boolean) => {
    if (type !== 'beforeunload') live.add(key(type, listener));
    add(type, listener, options);
  });
  vi.stubGlobal('removeEventListener', (type: string, listener: EventListener, options?: boolean) => {
    live.delete(key(type, listener));
    remove(type, listener, options);
  });
  return () => live.size;
}
