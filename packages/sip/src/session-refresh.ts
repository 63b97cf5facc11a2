import type { Session } from './invite-session.ts';
import type { SipResponse } from './message.ts';
import type { Agreed } from './offer-answer.ts';
import type { SessionDialog } from './session-dialog.ts';

/** RFC 4028 §7.4: by UPDATE without an offer where the peer takes it, else by a re-INVITE that offers what holds. */
export function refreshSession(session: Session, dialog: SessionDialog): void {
  const { agreed } = dialog.agreement;
  // A change of either side is a refresh too.
  if (dialog.isChanging) session.timer.retry();
  else if (dialog.live.peerAllows('UPDATE') === true || !agreed) refreshByUpdate(session, dialog);
  else refreshByReinvite(session, dialog, agreed);
}

function refreshByUpdate(session: Session, dialog: SessionDialog): void {
  const headers = [...session.capabilities(), ...session.timerHeaders()];
  const answered = (response: SipResponse) => {
    if (session.state !== 'confirmed') return;
    if (response.status < 300) {
      dialog.live.refreshTarget(response);
      return session.timer.answered(response);
    }
    const { status } = response;
    if (status === 422 && session.timer.learn(response)) return refreshByUpdate(session, dialog);
    const { agreed } = dialog.agreement;
    if ((status === 405 || status === 501) && agreed) return refreshByReinvite(session, dialog, agreed);
    session.timer.retry();
    session.checkAlive(response);
  };
  const { guard } = session.host.core;
  dialog.live.send(
    'UPDATE',
    { headers },
    { final: (response) => guard('refreshed', () => answered(response)) },
  );
}

function refreshByReinvite(session: Session, dialog: SessionDialog, { local, remote }: Agreed): void {
  // Whatever becomes of it, a 2xx starts the time anew and the end of the call stops it.
  session.timer.retry();
  const failed = (err: unknown) =>
    session.host.core.log.warn({ err, callId: session.callId }, 'no session refresh');
  dialog.change(local, { method: 'INVITE' }).then(({ sdp }) => {
    if (sdp !== undefined && sdp !== remote && session.state === 'confirmed') session.tellReanswered(sdp);
  }, failed);
}
