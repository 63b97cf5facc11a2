import { Calls, type CallsPorts } from './calls.ts';
import type { HandsetCall } from './call.ts';
import type { Devices } from './devices.ts';
import type { HandsetError } from './handset-error.ts';
import type { Account } from './handset-types.ts';
import type { JanusConnection } from './janus-connection.ts';
import { JanusHandler, type SipEvent } from './janus-handler.ts';
import { LocalMedia, type LocalMediaPorts } from './local-media.ts';
import { MediaElements, type Containers, type MediaElementsPorts } from './media-elements.ts';
import { Registration, type RegistrationPorts } from './registration.ts';

export interface LinePorts {
  readonly connection: JanusConnection;
  readonly devices: Devices;
  readonly fault: (error: HandsetError) => void;
  readonly reason: RegistrationPorts['reason'];
  readonly registration: RegistrationPorts['tell'];
  readonly master: RegistrationPorts['master'];
  readonly calls: Omit<CallsPorts, 'handler' | 'media' | 'fault' | 'reason' | 'verdict' | 'allOver'>;
  readonly verdict: (callId: string) => ReturnType<CallsPorts['verdict']>;
  readonly shared: NonNullable<LocalMediaPorts['shared']>;
  readonly captured: () => void;
  /** Undefined: the page plays the sound. */
  readonly elements: MediaElementsPorts | undefined;
  readonly containers: Containers;
  /** Everything that the server says, after calls and registration have heard it. */
  readonly heard: (message: SipEvent) => void;
  readonly freed: () => void;
  /** The server has let the handle go. */
  readonly detached: (line: Line) => void;
}

/** One handle of the account with all that belongs to it: it has one peer connection, so at most one call that runs. */
export class Line {
  readonly handler: JanusHandler;
  readonly registration: Registration;
  readonly media: LocalMedia;
  readonly calls: Calls;
  readonly elements: MediaElements | undefined;
  readonly #ports: LinePorts;

  constructor(account: Account, ports: LinePorts) {
    this.#ports = ports;
    const { connection, devices, fault, reason } = ports;
    this.handler = new JanusHandler(connection);
    this.registration = new Registration(account, {
      handler: this.handler,
      tell: ports.registration,
      master: ports.master,
      reason,
    });
    this.media = new LocalMedia({
      handler: this.handler,
      constraints: { audio: () => devices.audioConstraints(), video: () => devices.videoConstraints() },
      fault,
      captured: ports.captured,
      shared: ports.shared,
      exchanged: (kind, { label }, because) =>
        this.call?.core.emit('device', { kind: kind === 'audio' ? 'microphone' : 'camera', label, because }),
    });
    this.elements = ports.elements && new MediaElements(ports.containers, ports.elements);
    this.calls = new Calls({
      ...ports.calls,
      fault,
      reason,
      handler: this.handler,
      media: this.media,
      verdict: ports.verdict,
      allOver: () => this.#allOver(),
    });
    this.#listen();
  }

  /** The call that has not been hung up. */
  get call(): HandsetCall | undefined {
    return this.calls.current;
  }

  /** In the session, and where it is asked to be, at the SIP server. */
  async open(): Promise<void> {
    await this.handler.attach();
    await this.registration.again();
  }

  /** Takes the chosen device under the running call; a kind that the call does not send is only chosen. */
  async exchange(kind: 'audio' | 'video'): Promise<void> {
    const isScreen = kind === 'video' && this.media.isSharingScreen;
    if (this.media.tracks[kind] !== undefined && !isScreen) await this.media.exchange(kind);
  }

  /** The server has forgotten it. */
  lost(): void {
    this.handler.lost();
    this.registration.lost();
    this.calls.lost();
  }

  close(): void {
    this.media.stop();
    this.handler.close();
    this.elements?.close();
  }

  /** For good, while the connection goes on. */
  detach(): void {
    this.close();
    this.handler.detach();
  }

  #listen(): void {
    const { handler } = this;
    handler.on('message', (message) => {
      this.registration.handle(message);
      this.calls.handle(message);
      this.#ports.heard(message);
    });
    handler.on('detached', () => this.#ports.detached(this));
    handler.on('webrtc', ({ isUp }) => this.call?.media.webrtcChanged(isUp));
    handler.on('receiving', ({ kind, isReceiving }) => this.call?.media.receivingChanged(kind, isReceiving));
    handler.streams.on('localstream', (stream) => {
      this.elements?.showLocal(stream);
      this.calls.withMedia?.core.emit('localstream', { stream });
    });
    handler.streams.on('remotestream', (stream) => {
      this.elements?.showRemote(stream);
      this.calls.withMedia?.core.emit('remotestream', { stream });
    });
  }

  #allOver(): void {
    if (this.elements !== undefined) this.elements.isMuted = false;
    this.#ports.freed();
  }
}
