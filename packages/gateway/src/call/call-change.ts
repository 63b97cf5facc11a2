import type { Effect } from './call-effect.ts';
import type { Agreed, CallState, Rows, Step } from './call-state.ts';

/** The established call and its changes. Whatever goes wrong in a change, the call goes on as agreed before. */
export const changeRows: Rows<
  'established' | 'updating' | 'reinviting' | 'applying' | 'reoffered' | 'reanswering' | 'conceding'
> = {
  established: {
    update(state, { jsep, transaction, headers }) {
      if (jsep.type !== 'offer') return 'wrong-state';
      return go(
        { name: 'updating', transaction, agreed: agreedOf(state), ...(headers && { headers }) },
        { do: 'tell', to: 'one', news: { event: 'updating' }, transaction },
        { do: 'toPeer', jsep },
      );
    },
    peerReoffered(state, { sdp, again }) {
      // RFC 3261 §14.2: an offerless re-INVITE is offered what holds now; its answer comes in the ACK.
      if (sdp === undefined) return go(state, { do: 'acceptReoffer', sdp: state.local, offers: true });
      // RFC 3264 §8: the same SDP again, as session timers send it (RFC 4028 §7.4), changes nothing.
      if (again !== undefined) return go(state, { do: 'acceptReoffer', sdp: again, offers: false });
      return go(
        { name: 'reoffered', remote: sdp, agreed: agreedOf(state) },
        { do: 'toHandset', sdp: { type: 'offer', sdp } },
      );
    },
    reofferConfirmed(state, { sdp }) {
      if (sdp === undefined || sdp === state.remote) return 'ignored';
      return go({ ...state, remote: sdp }, { do: 'adopt', sdp: { type: 'answer', sdp } });
    },
    mediaFailed: () => 'ignored',
  },

  updating: {
    peerSdpMade(state, { sdp }) {
      const { transaction, agreed, headers } = state;
      return go(
        { name: 'reinviting', transaction, local: sdp, agreed },
        { do: 'reinvite', sdp, ...(headers && { headers }) },
      );
    },
    mediaFailed({ transaction, agreed }, { code, text }) {
      const refusal = code === 'sdp-refused' || code === 'no-common-codec' ? 'bad-sdp' : 'engine';
      return go(established(agreed), { do: 'refuse', code: refusal, text, transaction });
    },
  },

  reinviting: {
    reinviteAnswered({ transaction, local, agreed }, { status, reason, sdp }) {
      if (status < 300 && sdp !== undefined) {
        return go(
          { name: 'applying', transaction, local, remote: sdp },
          { do: 'toHandset', sdp: { type: 'answer', sdp } },
        );
      }
      const text =
        status < 300 ? 'The peer answered without an SDP' : `The peer refused: ${status} ${reason}`;
      return go(
        established(agreed),
        // RFC 3261 §14.1: the session stays as if the re-INVITE had never been; the engine is led back to it.
        { do: 'adopt', sdp: { type: 'answer', sdp: agreed.remote } },
        { do: 'refuse', code: 'change-refused', text, transaction },
      );
    },
  },

  applying: {
    handsetSdpMade({ transaction, local, remote }, { jsep }) {
      return go(established({ local, remote }), {
        do: 'tell',
        to: 'one',
        news: { event: 'updated' },
        jsep,
        transaction,
      });
    },
    mediaFailed({ transaction, local, remote }, { text }) {
      return go(established({ local, remote }), { do: 'refuse', code: 'engine', text, transaction });
    },
  },

  reoffered: {
    handsetSdpMade({ remote, agreed }, { jsep }) {
      return go(
        { name: 'reanswering', remote, agreed },
        { do: 'tell', to: 'one', news: { event: 'updatingcall' }, jsep },
        { do: 'startTimer', timer: 'answer' },
      );
    },
    mediaFailed: ({ agreed }) => refuseReoffer(agreed),
    reofferCancelled: ({ agreed }) => go(established(agreed)),
  },

  reanswering: {
    update({ remote, agreed }, { jsep, transaction }) {
      if (jsep.type !== 'answer') return 'wrong-state';
      return go(
        { name: 'conceding', transaction, remote, agreed },
        { do: 'stopTimer' },
        { do: 'toPeer', jsep },
      );
    },
    timedOut: ({ agreed }) => refuseReoffer(agreed),
    reofferCancelled: ({ agreed }) => go(established(agreed), { do: 'stopTimer' }),
  },

  conceding: {
    peerSdpMade({ transaction, remote }, { sdp }) {
      return go(
        established({ local: sdp, remote }),
        { do: 'acceptReoffer', sdp, offers: false },
        { do: 'tell', to: 'one', news: { event: 'updated' }, transaction },
      );
    },
    mediaFailed({ transaction, agreed }, { text }) {
      const { state, effects } = refuseReoffer(agreed);
      return { state, effects: [...effects, { do: 'refuse', code: 'bad-sdp', text, transaction }] };
    },
    reofferCancelled: ({ agreed, transaction }) =>
      go(established(agreed), {
        do: 'refuse',
        code: 'change-refused',
        text: 'The peer took its change back',
        transaction,
      }),
  },
};

function refuseReoffer(agreed: Agreed): Step {
  return go(established(agreed), { do: 'rejectReoffer', status: 488 });
}

function established({ local, remote }: Agreed): CallState {
  return { name: 'established', local, remote };
}

function agreedOf({ local, remote }: Agreed): Agreed {
  return { local, remote };
}

function go(state: CallState, ...effects: Effect[]): Step {
  return { state, effects };
}
