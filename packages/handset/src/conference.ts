import { isHeldHere, isUp } from './call-state.ts';
import type { Call } from './call-types.ts';
import type { HandsetCall } from './call.ts';
import type { Conference } from './conference-types.ts';
import { HandsetError } from './handset-error.ts';
import { within } from './limit.ts';

/** A context that may sound does so within this time. */
const soundLimitMs = 2_000;

/** Mixes calls that are up. `ended` comes once, when it is one no more. */
export async function startConference(calls: readonly HandsetCall[], ended: () => void): Promise<Conference> {
  if (calls.length < 2 || new Set(calls).size < calls.length) throw HandsetError.of('wrong-state');
  const conference = new LocalConference(calls, ended);
  await conference.start();
  return conference;
}

/** One member's part of the mix: what it hears, and what it says to the others. */
interface Member {
  readonly call: HandsetCall;
  readonly hears: MediaStreamAudioDestinationNode;
  says: AudioNode | undefined;
  microphone: AudioNode | undefined;
  readonly stopListening: (() => void)[];
}

/**
 * A conference of this browser's own, by Web Audio: each peer is sent our microphone and what the other peers say; we hear
 * all of them through their own elements.
 */
class LocalConference implements Conference {
  readonly #context = new AudioContext();
  readonly #ended: () => void;
  #members: readonly Member[];
  #isOver = false;

  constructor(calls: readonly HandsetCall[], ended: () => void) {
    this.#ended = ended;
    this.#members = calls.map((call) => ({
      call,
      hears: this.#context.createMediaStreamDestination(),
      says: undefined,
      microphone: undefined,
      stopListening: [],
    }));
  }

  get calls(): readonly Call[] {
    return this.#members.map(({ call }) => call);
  }

  get isMuted(): boolean {
    return this.#members.every(({ call }) => call.isMuted);
  }

  async start(): Promise<void> {
    try {
      await this.#wake();
      for (const { call } of this.#members) if (isHeldHere(call.state)) await call.resumeNow();
      for (const member of this.#members) await this.#join(member);
      this.#connect();
    } catch (error) {
      await this.#dissolve();
      throw error;
    }
  }

  mute(): void {
    for (const { call } of this.#members) call.mute();
  }

  unmute(): void {
    for (const { call } of this.#members) call.unmute();
  }

  async split(stay: Call | undefined = this.calls[0]): Promise<void> {
    const calls = this.#members.map(({ call }) => call);
    await this.#dissolve();
    const others = calls.filter(({ id, state }) => id !== stay?.id && isUp(state));
    await Promise.all(others.map((call) => call.hold()));
  }

  async hangup(): Promise<void> {
    const calls = this.#members.map(({ call }) => call);
    await this.#dissolve();
    await Promise.all(calls.filter(({ state }) => isUp(state)).map((call) => call.hangup()));
  }

  /** Without a gesture of the user a browser would let us wait for one. */
  async #wake(): Promise<void> {
    try {
      await within(soundLimitMs, this.#context.resume());
    } catch (error) {
      throw HandsetError.of('sound-blocked', error);
    }
  }

  async #join(member: Member): Promise<void> {
    const { call, hears, stopListening } = member;
    stopListening.push(
      call.on('state', ({ state }) => {
        if (!isUp(state) || isHeldHere(state)) void this.#leave(member);
      }),
      call.on('remotestream', () => this.#connect()),
    );
    await call.core.ports.media.mixIn((microphone) => this.#mixOf(member, hears, microphone));
  }

  /** Also for another microphone under way: the peer hears the mix go on. */
  #mixOf(
    member: Member,
    hears: MediaStreamAudioDestinationNode,
    microphone: MediaStreamTrack,
  ): MediaStreamTrack {
    member.microphone?.disconnect();
    member.microphone = this.#context.createMediaStreamSource(new MediaStream([microphone]));
    member.microphone.connect(hears);
    const [mix] = hears.stream.getAudioTracks();
    return mix ?? microphone;
  }

  /** Everybody to everybody else, anew. */
  #connect(): void {
    if (this.#isOver) return;
    for (const member of this.#members) {
      member.says?.disconnect();
      const sound = member.call.remoteStream?.getAudioTracks() ?? [];
      member.says =
        sound.length > 0 ? this.#context.createMediaStreamSource(new MediaStream(sound)) : undefined;
    }
    for (const { says } of this.#members)
      for (const { says: own, hears } of this.#members) if (says !== own) says?.connect(hears);
  }

  /** One is gone or held: the others go on, if they are still two. */
  async #leave(member: Member): Promise<void> {
    if (this.#isOver || !this.#members.includes(member)) return;
    this.#members = this.#members.filter((other) => other !== member);
    await this.#release(member);
    if (this.#members.length < 2) await this.#dissolve();
    else this.#connect();
  }

  async #dissolve(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await Promise.all(this.#members.map((member) => this.#release(member)));
    await this.#context.close();
    this.#ended();
  }

  /** Its own microphone again, as it was before. */
  async #release({ call, says, microphone, stopListening }: Member): Promise<void> {
    for (const stop of stopListening) stop();
    says?.disconnect();
    microphone?.disconnect();
    if (isUp(call.state)) await call.core.ports.media.mixIn(undefined);
  }
}
