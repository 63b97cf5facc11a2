import type { CallNews } from './call-effect.ts';
import type { CallEvent, MediaFailure } from './call-event.ts';
import type { EndCause, Step } from './call-state.ts';

export const noSdp: EndCause = { by: 'gateway', status: 488, reason: 'The peer sent no SDP' };
export const noAnswer: EndCause = { by: 'gateway', status: 408, reason: 'No answer' };
export const handsetTooLate: EndCause = {
  by: 'gateway',
  status: 408,
  reason: 'The handset did not answer in time',
};

/** The handset ends the call: `hangingup` or `declining`, and nothing after it. A person with two tabs has spoken for both. */
export function endByHandset(
  news: CallNews,
  status: number,
  request: Extract<CallEvent, { type: 'hangup' | 'decline' }>,
): Step {
  const cause: EndCause = { by: 'handset', status, reason: 'Hung up' };
  return {
    state: { name: 'terminated', cause },
    effects: [
      { do: 'stopTimer' },
      {
        do: 'endDialog',
        status,
        reason: '',
        ...(request.headers && { headers: request.headers }),
      },
      {
        do: 'tell',
        to: 'one',
        news,
        ...(request.transaction !== undefined && { transaction: request.transaction }),
      },
      { do: 'dismissOthers', code: status, reason: 'Declined elsewhere' },
      { do: 'closeMedia', reason: 'Close PC' },
    ],
  };
}

/** The peer refused, cancelled or hung up, or nobody answered: its dialog is over already. */
export function endByPeer(event: Extract<CallEvent, { type: 'peerEnded' }>): Step {
  const { status, reason, reasonHeader } = event;
  const facts = { reason, ...(reasonHeader !== undefined && { reasonHeader }) };
  return {
    state: { name: 'terminated', cause: { by: 'peer', status, ...facts } },
    effects: [
      { do: 'stopTimer' },
      { do: 'tell', to: 'all', news: { event: 'hangup', code: status, ...facts } },
      { do: 'closeMedia', reason: 'Close PC' },
    ],
  };
}

/** Neither of the two: media lost, time-out, handset gone. Both are told. */
export function endByGateway(cause: EndCause): Step {
  return {
    state: { name: 'terminated', cause },
    effects: [
      { do: 'stopTimer' },
      { do: 'endDialog', status: cause.status, reason: cause.reason },
      { do: 'tell', to: 'all', news: { event: 'hangup', code: cause.status, reason: cause.reason } },
      { do: 'closeMedia', reason: cause.reason },
    ],
  };
}

/** The same for a call that no handset has heard of. */
export function untold({ state, effects }: Step): Step {
  return {
    state,
    effects: effects.filter((effect) => effect.do !== 'tell' && effect.do !== 'dismissOthers'),
  };
}

export function causeOfFailure(code: MediaFailure): EndCause {
  switch (code) {
    case 'engine-down':
      return { by: 'gateway', status: 503, reason: 'Media engine unavailable' };
    case 'timeout':
      return { by: 'gateway', status: 503, reason: 'Media engine does not answer' };
    case 'closed':
      return { by: 'gateway', status: 503, reason: 'Media lost' };
    case 'sdp-refused':
      return { by: 'gateway', status: 488, reason: 'Not Acceptable Here' };
    case 'unsupported':
      return { by: 'gateway', status: 488, reason: 'Not supported by the media engine' };
    case 'no-common-codec':
      return { by: 'gateway', status: 488, reason: 'No common codec' };
  }
}

export function causeOfMediaEnd(how: 'closed' | 'engine-lost' | 'ice-failed'): EndCause {
  switch (how) {
    case 'closed':
      return { by: 'gateway', status: 503, reason: 'Media closed' };
    case 'engine-lost':
      return { by: 'gateway', status: 503, reason: 'Media engine lost' };
    case 'ice-failed':
      return { by: 'gateway', status: 503, reason: 'ICE failed' };
  }
}
