import { endByGateway } from './call-end.ts';
import type { Effect } from './call-effect.ts';
import type { Agreed, CallState, Rows, Step } from './call-state.ts';
import type { HoldDirection } from './held-sdp.ts';

/** The established call and its changes. Whatever goes wrong in a change, the call goes on as agreed before. */
export const changeRows: Rows<
  | 'established'
  | 'holding'
  | 'updating'
  | 'reinviting'
  | 'applying'
  | 'reoffered'
  | 'reanswering'
  | 'conceding'
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
    peerSilent: () =>
      endByGateway({ by: 'gateway', status: 503, reason: 'Nothing is heard of the peer any more' }),
    hold: (state, { direction, transaction }) => turn(state, direction, transaction),
    unhold: (state, { transaction }) => turn(state, undefined, transaction),
    peerReoffered(state, { sdp, again, ownAnswer }) {
      const held = heldOf(state);
      // RFC 3261 §14.2: an offerless re-INVITE is offered what holds now; its answer comes in the ACK.
      if (sdp === undefined)
        return go(state, { do: 'acceptReoffer', sdp: state.local, ...held, offers: true });
      // RFC 3264 §8: the same SDP again, as session timers send it (RFC 4028 §7.4), changes nothing.
      if (again !== undefined) return go(state, { do: 'acceptReoffer', sdp: again, ...held, offers: false });
      if (ownAnswer !== undefined)
        return go(
          { ...state, remote: sdp },
          { do: 'acceptReoffer', sdp: ownAnswer.answer, ...held, offers: false, isOwn: true },
          // For the engine the peer answers what we have said last.
          { do: 'adopt', sdp: { type: 'answer', sdp: ownAnswer.kept } },
        );
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

  holding: {
    hold: (state, { direction, transaction }) => thenTurn(state, { transaction, held: direction }),
    unhold: (state, { transaction }) => thenTurn(state, { transaction }),
    reinviteAnswered({ transaction, agreed, then, ...state }, { status, reason, sdp }) {
      if (status < 300 && sdp !== undefined) {
        // No browser has asked: what it sends and receives stays as it is, the engine keeps the rest back.
        const turned = { local: agreed.local, remote: sdp, ...heldOf(state) };
        return goOn(turned, then, { do: 'adopt', sdp: { type: 'answer', sdp } });
      }
      return goOn(agreed, then, refused(transaction, status, reason));
    },
  },

  updating: {
    peerSdpMade(state, { sdp }) {
      const { transaction, agreed, headers } = state;
      return go(
        { name: 'reinviting', transaction, local: sdp, agreed },
        { do: 'reinvite', sdp, ...heldOf(agreed), ...(headers && { headers }) },
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
          { name: 'applying', transaction, local, remote: sdp, ...heldOf(agreed) },
          { do: 'toHandset', sdp: { type: 'answer', sdp } },
        );
      }
      return go(
        established(agreed),
        // RFC 3261 §14.1: the session stays as if the re-INVITE had never been.
        { do: 'rollBack' },
        refused(transaction, status, reason),
      );
    },
  },

  applying: {
    handsetSdpMade({ transaction, ...agreed }, { jsep }) {
      return go(established(agreed), {
        do: 'tell',
        to: 'one',
        news: { event: 'updated' },
        jsep,
        transaction,
      });
    },
    mediaFailed({ transaction, ...agreed }, { text }) {
      return go(established(agreed), { do: 'refuse', code: 'engine', text, transaction });
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
    reofferCancelled: ({ agreed }) => go(established(agreed), { do: 'rollBack' }),
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
    reofferCancelled: ({ agreed }) => go(established(agreed), { do: 'stopTimer' }, { do: 'rollBack' }),
  },

  conceding: {
    peerSdpMade({ transaction, remote, agreed }, { sdp }) {
      const held = heldOf(agreed);
      return go(
        established({ local: sdp, remote, ...held }),
        { do: 'acceptReoffer', sdp, ...held, offers: false },
        { do: 'tell', to: 'one', news: { event: 'updated' }, transaction },
      );
    },
    mediaFailed({ transaction, agreed }, { text }) {
      const { state, effects } = refuseReoffer(agreed);
      return { state, effects: [...effects, { do: 'refuse', code: 'bad-sdp', text, transaction }] };
    },
    reofferCancelled: ({ agreed, transaction }) =>
      go(
        established(agreed),
        { do: 'rollBack' },
        {
          do: 'refuse',
          code: 'change-refused',
          text: 'The peer took its change back',
          transaction,
        },
      ),
  },
};

function refuseReoffer(agreed: Agreed): Step {
  return go(established(agreed), { do: 'rollBack' }, { do: 'rejectReoffer', status: 488 });
}

/** The peer is held, in that direction or another one, or resumed: a re-INVITE of the server's own, no browser is asked. */
function turn(agreed: Agreed, held: HoldDirection | undefined, transaction: string): Step {
  const told: Effect = {
    do: 'tell',
    to: 'one',
    news: { event: held === undefined ? 'resuming' : 'holding' },
    transaction,
  };
  if (held === agreed.held) return go(established(agreed), told);
  const turned = held === undefined ? {} : { held };
  return go({ name: 'holding', transaction, agreed: agreedOf(agreed), ...turned }, told, {
    do: 'turn',
    sdp: agreed.local,
    ...turned,
  });
}

type Holding = Extract<CallState, { name: 'holding' }>;

/** One wish may wait for the answer to the one before; a third is too much. */
function thenTurn(state: Holding, then: NonNullable<Holding['then']>): Step | 'wrong-state' {
  return state.then ? 'wrong-state' : go({ ...state, then });
}

function goOn(agreed: Agreed, then: Holding['then'], effect: Effect): Step {
  if (!then) return go(established(agreed), effect);
  const { state, effects } = turn(agreed, then.held, then.transaction);
  return { state, effects: [effect, ...effects] };
}

function refused(transaction: string, status: number, reason: string): Effect {
  const text = status < 300 ? 'The peer answered without an SDP' : `The peer refused: ${status} ${reason}`;
  return { do: 'refuse', code: 'change-refused', text, transaction };
}

function established(agreed: Agreed): CallState {
  return { name: 'established', ...agreedOf(agreed) };
}

function agreedOf({ local, remote, held }: Agreed): Agreed {
  return { local, remote, ...(held && { held }) };
}

function heldOf({ held }: Pick<Agreed, 'held'>): Pick<Agreed, 'held'> {
  return held === undefined ? {} : { held };
}

function go(state: CallState, ...effects: Effect[]): Step {
  return { state, effects };
}
