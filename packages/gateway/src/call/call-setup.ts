import type { Jsep } from '@soft-handset/protocol';
import {
  causeOfFailure,
  endByGateway,
  endByHandset,
  endByPeer,
  handsetTooLate,
  noAnswer,
  noSdp,
  untold,
} from './call-end.ts';
import type { Effect } from './call-effect.ts';
import { mayMissOffer, offerFirst } from './call-offer-first.ts';
import type { CallState, Outcome, Rows, Step } from './call-state.ts';

/** From the first message to the established call. The picture is in `call-state.ts`. */
export const setupRows: Rows<
  | 'inviting'
  | 'presenting'
  | 'answering'
  | 'ringing'
  | 'accepting'
  | 'confirming'
  | 'preparing'
  | 'calling'
  | 'connecting'
> = {
  inviting: {
    peerRang: (state, { status }) => ringFirst(state, status),
    // An SDP before the 2xx cannot be answered here (we do not offer 100rel); the handset plays its own ring-back tone.
    peerAnsweredEarly: (state, { status }) => ringFirst(state, status),
    peerAnswered({ transaction, video }, { sdp }) {
      if (sdp === undefined) return missesOffer(transaction, video);
      return go(
        { name: 'presenting', to: 'caller', transaction, video, remote: sdp },
        { do: 'stopTimer' },
        { do: 'toHandset', sdp: { type: 'offer', sdp } },
      );
    },
    peerEnded: ({ transaction, video }, event) =>
      mayMissOffer(event.status) ? missesOffer(transaction, video) : endByPeer(event),
    // Some say nothing at all to an INVITE that they do not understand.
    timedOut: ({ rang, transaction, video }) =>
      rang ? endByGateway(noAnswer) : offerFirst(transaction, video),
  },

  presenting: {
    handsetSdpMade(state, { jsep }) {
      if (state.to === 'callees') {
        return go(
          { name: 'ringing', offer: { remote: state.remote, jsep } },
          { do: 'ring' },
          { do: 'tell', to: 'all', news: { event: 'incomingcall' }, jsep },
          { do: 'startTimer', timer: 'ring' },
        );
      }
      const { transaction, remote } = state;
      return go(
        { name: 'answering', remote },
        { do: 'tell', to: 'one', news: { event: 'new_accepted' }, jsep, transaction },
        { do: 'startTimer', timer: 'answer' },
      );
    },
    mediaFailed(state, { code }) {
      const isUnusable = code === 'sdp-refused' && state.to === 'caller';
      return isUnusable ? missesOffer(state.transaction, state.video) : endByGateway(causeOfFailure(code));
    },
    // A handset that has not heard of the call cannot mean it.
    hangup: (state, event) =>
      state.to === 'callees' ? 'wrong-state' : endByHandset({ event: 'hangingup' }, 486, event),
  },

  answering: {
    newAccept(state, { jsep, transaction, srtp }) {
      if (jsep.type !== 'answer') return 'wrong-jsep';
      return go(
        { name: 'accepting', by: 'new_accept', transaction, remote: state.remote },
        { do: 'stopTimer' },
        { do: 'toPeer', jsep, ...(srtp && { srtp }) },
      );
    },
    timedOut: () => endByGateway(handsetTooLate),
  },

  ringing: {
    accept(state, { jsep, transaction, headers, srtp }) {
      if (jsep.type !== (state.offer ? 'answer' : 'offer')) return 'wrong-jsep';
      return go(
        {
          name: 'accepting',
          by: 'accept',
          transaction,
          ...(state.offer && { offer: state.offer }),
          ...(headers && { headers }),
        },
        { do: 'claim' },
        { do: 'stopTimer' },
        { do: 'toPeer', jsep, ...(srtp && { srtp }) },
      );
    },
    decline: (_state, event) => endByHandset({ event: 'declining', code: event.status }, event.status, event),
    timedOut: () => endByGateway({ by: 'gateway', status: 480, reason: 'Nobody answered' }),
  },

  accepting: {
    peerSdpMade(state, { sdp }) {
      const { transaction } = state;
      if (state.by === 'new_accept') {
        return go(
          { name: 'established', local: sdp, remote: state.remote },
          { do: 'acknowledge', sdp },
          { do: 'tell', to: 'one', news: { event: 'accept_reply' }, transaction },
        );
      }
      return go(
        {
          name: 'confirming',
          transaction,
          local: sdp,
          ...(state.offer && { remote: state.offer.remote }),
        },
        { do: 'answerInvite', sdp, ...(state.headers && { headers: state.headers }) },
        { do: 'dismissOthers', code: 200, reason: 'Answered elsewhere' },
        ...(state.offer ? [] : [accepting(transaction)]),
      );
    },
    mediaFailed(state, { code, text }) {
      // An SDP that nobody can read is the handset's mistake: it may try again, the peer waits on.
      if (code !== 'sdp-refused') return endByGateway(causeOfFailure(code));
      const refuse: Effect = { do: 'refuse', code: 'bad-sdp', text, transaction: state.transaction };
      if (state.by === 'new_accept') {
        return go({ name: 'answering', remote: state.remote }, refuse, { do: 'startTimer', timer: 'answer' });
      }
      return go(
        { name: 'ringing', ...(state.offer && { offer: state.offer }) },
        refuse,
        { do: 'unclaim' },
        { do: 'startTimer', timer: 'ring' },
      );
    },
  },

  confirming: {
    peerConfirmed(state, { sdp }) {
      const { transaction, local, remote } = state;
      if (remote !== undefined) {
        return go(
          { name: 'established', local, remote },
          { do: 'tell', to: 'one', news: { event: 'accept_reply' }, transaction },
        );
      }
      if (sdp === undefined) return endByGateway(noSdp);
      return go(
        { name: 'connecting', by: 'accept', transaction, local, remote: sdp },
        { do: 'toHandset', sdp: { type: 'answer', sdp } },
      );
    },
  },

  preparing: {
    peerSdpMade({ transaction }, { sdp }) {
      return go(
        { name: 'calling', transaction, local: sdp, rang: false },
        { do: 'invite', sdp },
        { do: 'tell', to: 'one', news: { event: 'calling' }, transaction },
        { do: 'startTimer', timer: 'ring' },
      );
    },
    mediaFailed({ transaction }, { code, text }) {
      const cause = causeOfFailure(code);
      if (code === 'sdp-refused') {
        const { state, effects } = untold(endByGateway(cause));
        return { state, effects: [{ do: 'refuse', code: 'bad-sdp', text, transaction }, ...effects] };
      }
      const { state, effects } = endByGateway(cause);
      const calling: Effect = { do: 'tell', to: 'one', news: { event: 'calling' }, transaction };
      return { state, effects: [calling, ...effects] };
    },
  },

  calling: {
    peerRang: (state, { status }) => ring(state, status),
    peerAnsweredEarly(state, { sdp }) {
      const { early } = state;
      if (early?.sdp === sdp) return 'ignored';
      // The browser takes one answer to its offer; another of a fork or a changed mind moves only the engine's end.
      if (early) return go({ ...state, early: { ...early, sdp } }, adopt(sdp));
      return go(
        { ...state, early: { sdp, shown: false } },
        { do: 'toHandset', sdp: { type: 'answer', sdp } },
      );
    },
    handsetSdpMade(state, { jsep }) {
      if (!state.early || state.early.shown) return 'ignored';
      return go(
        { ...state, early: { ...state.early, shown: true } },
        { do: 'tell', to: 'one', news: { event: 'progress' }, jsep, transaction: state.transaction },
      );
    },
    mediaFailed(state, { code }) {
      if (code !== 'sdp-refused' || !state.early) return endByGateway(causeOfFailure(code));
      // A broken early answer costs the ring-back tone, not the call.
      const { transaction, local, rang } = state;
      return go({ name: 'calling', transaction, local, rang });
    },
    peerAnswered(state, event) {
      const { early, transaction, local } = state;
      const remote = event.sdp ?? early?.sdp;
      if (remote === undefined) return endByGateway(noSdp);
      const changed = early && early.sdp !== remote ? [adopt(remote)] : [];
      if (early?.shown) {
        return go(
          { name: 'established', local, remote },
          { do: 'stopTimer' },
          ...changed,
          ...accepted(transaction),
        );
      }
      const cross: Effect[] = early ? changed : [{ do: 'toHandset', sdp: { type: 'answer', sdp: remote } }];
      return go(
        { name: 'connecting', by: 'call', transaction, local, remote },
        { do: 'stopTimer' },
        ...cross,
      );
    },
    timedOut: () => endByGateway(noAnswer),
  },

  connecting: {
    handsetSdpMade(state, { jsep }) {
      const { transaction, local, remote } = state;
      const established: CallState = { name: 'established', local, remote };
      if (state.by === 'call') return go(established, ...accepted(transaction, jsep));
      return go(established, {
        do: 'tell',
        to: 'one',
        news: { event: 'accept_reply' },
        jsep,
        transaction,
      });
    },
  },
};

/** Said once: phones repeat their 180, forks add theirs. */
function ring(state: Extract<CallState, { name: 'inviting' | 'calling' }>, status: number): Outcome {
  if (state.rang) return 'ignored';
  return go({ ...state, rang: true }, { do: 'tell', to: 'one', news: { event: 'ringing', code: status } });
}

/** From now on the peer has as long as anybody may ring. */
function ringFirst(state: Extract<CallState, { name: 'inviting' }>, status: number): Outcome {
  const outcome = ring(state, status);
  if (typeof outcome === 'string') return outcome;
  return go(outcome.state, ...outcome.effects, { do: 'startTimer', timer: 'ring' });
}

/** The peer is called again, with an offer, and so is it the next time. */
function missesOffer(transaction: string, video: boolean): Step {
  const { state, effects } = offerFirst(transaction, video);
  return go(state, { do: 'rememberOffer' }, ...effects);
}

function accepted(transaction: string, jsep?: Jsep): Effect[] {
  return [
    { do: 'tell', to: 'one', news: { event: 'accepted' }, transaction, ...(jsep && { jsep }) },
    { do: 'tell', to: 'one', news: { event: 'accept_reply' }, transaction },
  ];
}

/** The peer has our offer; that it has taken it, only its ACK says. */
function accepting(transaction: string): Effect {
  return { do: 'tell', to: 'one', news: { event: 'accepting' }, transaction };
}

function adopt(sdp: string): Effect {
  return { do: 'adopt', sdp: { type: 'answer', sdp } };
}

function go(state: CallState, ...effects: Effect[]): Step {
  return { state, effects };
}
