import { isTalking } from './call-state.ts';
import type { HandsetCall } from './call.ts';
import type { HandsetCore } from './handset-core.ts';
import { HandsetError } from './handset-error.ts';
import type { Account } from './handset-types.ts';
import type { JanusApi } from './janus-api.ts';
import { Line } from './line.ts';
import type { Containers } from './media-elements.ts';
import { messageFor } from './messages.ts';
import { isPhone } from './negotiation.ts';
import { Ringer } from './ringer.ts';

/** Makes the lines of a handset: what they have in common, and what they tell it. */
export function lineMaker(
  core: HandsetCore,
  janus: JanusApi,
  containers: Containers,
): (account: Account) => Line {
  const ringer = new Ringer(core.ring, () => core.lines.calls);
  const { connection, devices, options, language, fault, asked } = core;
  let count = 0;
  const changed = (call: HandsetCall): void => {
    core.lines.balance();
    core.emit('calls', { calls: core.lines.calls, changed: call });
  };

  return (account) => {
    const line: Line = new Line(account, {
      connection,
      devices,
      containers,
      fault,
      reason: (code, detail) => messageFor(code, language, detail),
      registration: (state) => {
        if (line === core.lines.primary) core.emit('registration', state);
      },
      master: () => (line === core.lines.primary ? undefined : core.lines.primary.registration.masterId),
      detached: (gone) => {
        // Without the account's own line there is nothing left of the session.
        if (gone === core.lines.primary) connection.sessionGone();
        else core.lines.gone(gone);
      },
      verdict: (callId) => verdictOn(core, callId),
      shared: (kind) => sharedTrack(core, kind),
      captured: () => void devices.update(),
      elements:
        options.playsSound === false
          ? undefined
          : {
              attach: (element, stream) => janus.attachMediaStream(element, stream),
              blocked: () => fault(HandsetError.of('sound-blocked')),
              speaker: () => devices.speaker,
            },
      heard: (message) => {
        if (line !== core.lines.primary) return;
        if (message.event.event === 'registered') core.lines.balance();
        core.emit('sip', message);
      },
      freed: () => core.lines.balance(),
      calls: {
        isPhone: isPhone(navigator.userAgent),
        nextNumber: () => (count += 1),
        sound: (call, sound) => ringer.want(call, sound),
        words: (error) => error.in(language).message,
        changed,
        mayAnswerItself: () => !core.lines.calls.some(({ state }) => isTalking(state)),
        incoming: (call, answersItself) => {
          core.emit('added', call);
          core.emit('incoming', { call, answersItself });
        },
        isConnected: () => connection.state === 'up',
        asked,
        directions: core.directions,
        holdOthers: core.holdOthers,
        selectDevice: (kind, deviceId) => devices.selectDevice(kind, deviceId),
        place: (number, more) => asked(() => core.place(number, more)),
        declineTransfer: (referId, code) =>
          asked(async () => {
            const more = code === undefined ? {} : { code };
            await line.handler.send({ request: 'decline', refer_id: referId, ...more });
          }),
      },
    });
    return line;
  };
}

/** A call rings on each line that is free, and is one call all the same. */
function verdictOn({ lines, options }: HandsetCore, callId: string): 'ring' | 'busy' | 'elsewhere' {
  const { calls } = lines;
  if (calls.some((call) => call.callId === callId)) return 'elsewhere';
  return calls.length === 0 || (options.callWaiting ?? true) ? 'ring' : 'busy';
}

function sharedTrack({ lines }: HandsetCore, kind: 'audio' | 'video'): MediaStreamTrack | undefined {
  const { media } = lines.all.find((line) => isShared(line, kind)) ?? {};
  return media?.tracks[kind];
}

function isShared({ media }: Line, kind: 'audio' | 'video'): boolean {
  return media.tracks[kind]?.readyState === 'live' && !(kind === 'video' && media.isSharingScreen);
}
