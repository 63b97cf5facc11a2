import {
  parseNameAddr,
  parseVia,
  type Clock,
  type IncomingInvite,
  type Log,
  type SipStack,
} from '@soft-handset/sip';
import type { Activity } from './activity.ts';
import type { Admitted } from './admitted.ts';
import { AnsweringNumber } from './answering-number.ts';
import type { Challenges } from './challenges.ts';
import { Conference } from './conference.ts';
import { Echo } from './echo.ts';
import { PlayedSound } from './played-sound.ts';
import { SoundService, type SoundSource } from './sound-service.ts';
import { chime, milliwatt, music } from './sounds.ts';
import { Ticker } from './ticker.ts';

/** The numbers of what is no phone. */
export interface ServiceNumbers {
  readonly echo: string;
  readonly tone: string;
  readonly music: string;
  readonly conference: string;
}

export interface ServicesOptions {
  readonly stack: SipStack;
  readonly challenges: Challenges;
  readonly activity: Activity;
  readonly numbers: ServiceNumbers;
  readonly host: string;
  readonly log: Log;
  readonly clock: Clock;
}

const echoLimit = 100;
const longestSoundMs = 3_600_000;

/** Echo, measuring tone, music and a room to meet in: for the accounts, and for nobody else. */
export class Services {
  readonly #echo: AnsweringNumber;
  readonly #sounds: readonly AnsweringNumber[];

  constructor({ stack, challenges, activity, numbers, host, log, clock }: ServicesOptions) {
    const admits = (call: IncomingInvite) => admitted(call, challenges, activity);
    const options = { log, clock, admits };
    const agent = (number: string, displayName: string) =>
      stack.createUserAgent({ aor: `sip:${number}@${host}`, contactUser: number, displayName });
    const sound = (number: string, displayName: string, source: SoundSource) =>
      new AnsweringNumber(
        agent(number, displayName),
        (call, caller) => new SoundService(call, source, { host, caller }),
        { ...options, limit: source.limit, longestMs: longestSoundMs },
      );
    const ticker = new Ticker(clock);
    this.#echo = new AnsweringNumber(agent(numbers.echo, 'Echo'), () => new Echo(host), {
      ...options,
      limit: echoLimit,
    });
    this.#sounds = [
      sound(numbers.tone, 'Tone', new PlayedSound(ticker, milliwatt)),
      sound(numbers.music, 'Music', new PlayedSound(ticker, music(), chime())),
      sound(numbers.conference, 'Conference', new Conference(ticker)),
    ];
  }

  get counts(): { readonly echoCalls: number; readonly soundCalls: number } {
    const soundCalls = this.#sounds.reduce((sum, { callCount }) => sum + callCount, 0);
    return { echoCalls: this.#echo.callCount, soundCalls };
  }

  close(): void {
    this.#echo.close();
    for (const sound of this.#sounds) sound.close();
  }
}

/** An account calls under its own number; who else calls is answered here. */
function admitted(call: IncomingInvite, challenges: Challenges, activity: Activity): Admitted | undefined {
  const { request, callId } = call;
  const caller = originOf(call);
  const admission = challenges.admit(request, caller, 'proxy');
  const number = parseNameAddr(request.headers.get('From') ?? '')?.uri.user;
  if (admission.ok && admission.username === number) {
    activity.begins(callId, number, '');
    return { caller, ended: () => activity.ends(callId) };
  }
  call.attach({ ended: () => undefined });
  if (admission.ok) call.reject(403);
  else call.reject(admission.status, { headers: admission.headers });
  return undefined;
}

/** Where the INVITE came from, as the transport noted it in the top Via (RFC 3261 §18.2.1). */
function originOf({ request }: IncomingInvite): string {
  const via = parseVia(request.headers.list('Via')[0] ?? '');
  return via?.params.get('received') ?? via?.host ?? '';
}
