import { causeOfFailure, endByGateway, handsetTooLate, noAnswer, noSdp } from './call-end.ts';
import type { Effect } from './call-effect.ts';
import type { CallState, Rows, Step } from './call-state.ts';

/*
 * The return call towards a peer that takes no INVITE without offer. The handset is brought in first: it answers an offer of our own, its
 * answer becomes the offer of a second INVITE, and `accept_reply` still means that the peer has answered.
 *
 *   offering ▷ new_accepted ──▶ enlisting ──new_accept──▶ composing ▷ INVITE ──▶ dialling ──2xx, answer──▶ established
 */

export const offerFirstRows: Rows<'offering' | 'enlisting' | 'composing' | 'dialling'> = {
  offering: {
    handsetSdpMade({ transaction }, { jsep }) {
      return go(
        { name: 'enlisting' },
        { do: 'tell', to: 'one', news: { event: 'new_accepted' }, jsep, transaction },
        { do: 'startTimer', timer: 'answer' },
      );
    },
  },

  enlisting: {
    newAccept(_state, { jsep, transaction, srtp }) {
      if (jsep.type !== 'answer') return 'wrong-jsep';
      return go(
        { name: 'composing', transaction },
        { do: 'stopTimer' },
        { do: 'toPeer', jsep, ...(srtp && { srtp }) },
      );
    },
    timedOut: () => endByGateway(handsetTooLate),
  },

  composing: {
    peerSdpMade({ transaction }, { sdp }) {
      return go(
        { name: 'dialling', transaction, local: sdp, rang: false },
        { do: 'invite', sdp },
        { do: 'startTimer', timer: 'ring' },
      );
    },
    mediaFailed({ transaction }, { code, text }) {
      if (code !== 'sdp-refused') return endByGateway(causeOfFailure(code));
      return go(
        { name: 'enlisting' },
        { do: 'refuse', code: 'bad-sdp', text, transaction },
        { do: 'startTimer', timer: 'answer' },
      );
    },
  },

  dialling: {
    peerRang: (state, { status }) => ring(state, status),
    // The browser has its media already: what the peer plays meanwhile is heard as soon as the engine knows where it comes from.
    peerAnsweredEarly(state, { status, sdp }) {
      if (state.early === sdp) return 'ignored';
      const { effects } = ring(state, status);
      return go({ ...state, rang: true, early: sdp }, ...effects, adopt(sdp));
    },
    peerAnswered({ transaction, local, early }, { sdp, narrows = false }) {
      const remote = sdp ?? early;
      if (remote === undefined) return endByGateway(noSdp);
      const told: Effect[] = [
        { do: 'stopTimer' },
        { do: 'tell', to: 'one', news: { event: 'accept_reply' }, transaction },
      ];
      // The browser would go on with a codec that the peer has not chosen: it is asked once more, as if the peer had offered.
      if (narrows) {
        const asked: Effect = { do: 'toHandset', sdp: { type: 'offer', sdp: remote } };
        return go({ name: 'reoffered', remote, agreed: { local, remote } }, ...told, asked);
      }
      return go(
        { name: 'established', local, remote },
        ...told,
        ...(remote === early ? [] : [adopt(remote)]),
      );
    },
    // An answer that the engine cannot use is the peer's; media may still be on its way.
    mediaFailed: (_state, { code }) =>
      code === 'sdp-refused' ? 'ignored' : endByGateway(causeOfFailure(code)),
    timedOut: () => endByGateway(noAnswer),
  },
};

/** Our own offer instead of the peer's. What there is of a dialog is ended first. */
export function offerFirst(transaction: string, video: boolean): Step {
  return go(
    { name: 'offering', transaction },
    { do: 'stopTimer' },
    { do: 'abandonDialog' },
    { do: 'offerToHandset', video },
  );
}

/**
 * Whether a refusal may be about the missing offer. There is no status of its own for that: 488 and 415 are what the RFCs come closest to
 * (RFC 3261 §21.4.26, §21.4.13), 400, 406, 500, 501 and 606 are what products say.
 */
export function mayMissOffer(status: number): boolean {
  return offerlessRefusals.has(status);
}

const offerlessRefusals: ReadonlySet<number> = new Set([400, 406, 415, 488, 500, 501, 606]);

function ring(state: Extract<CallState, { name: 'dialling' }>, status: number): Step {
  if (state.rang) return go(state);
  return go({ ...state, rang: true }, { do: 'tell', to: 'one', news: { event: 'ringing', code: status } });
}

function adopt(sdp: string): Effect {
  return { do: 'adopt', sdp: { type: 'answer', sdp } };
}

function go(state: CallState, ...effects: Effect[]): Step {
  return { state, effects };
}
