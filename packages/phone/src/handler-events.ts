import type { SoftHandler } from '@soft-handset/handset';
import type { Code } from './call-record.ts';
import type { PhoneEvent } from './phone-model.ts';

/** Tells the model what the handler hears, until the handler is destroyed. */
export function followHandler(
  handler: SoftHandler,
  now: () => number,
  tell: (event: PhoneEvent) => void,
): void {
  const pictures = (): void => {
    tell({ type: 'localPictureSeen', has: hasVideo(handler.localStream) });
    tell({ type: 'remoteVideoChanged', remoteVideo: hasVideo(handler.remoteStream) });
  };
  const answered = (): void => {
    tell({ type: 'callAnswered', at: now() });
    pictures();
  };

  handler.on('registerResult', ({ event, code, exchange }) => {
    tell(
      event === 'succ' ? { type: 'signedIn', exchange } : { type: 'signInRefused', code: code ?? 'timeout' },
    );
  });
  handler.on('error', ({ code }) => {
    if (code === 'sound-blocked') tell({ type: 'audioLocked' });
    else if (isDeviceFault(code)) tell({ type: 'mediaFailed', code });
  });
  handler.on('connection', ({ state }) => tell({ type: 'connectionChanged', connection: state }));
  handler.on('incomingcall', (call) => tell({ type: 'callArrived', call, answersItself: false, at: now() }));
  handler.on('incomingcall/autoAnswer', (call) =>
    tell({ type: 'callArrived', call, answersItself: true, at: now() }),
  );
  handler.on('ringing', () => tell({ type: 'peerRings' }));
  handler.on('accepted', answered);
  handler.on('answerResult', answered);
  handler.on('hangup', ({ callId, code, reason }) =>
    tell({ type: 'callEnded', by: 'peer', callId, code, reason, at: now() }),
  );
  handler.on('hangupResult', ({ callId }) =>
    tell({ type: 'callEnded', by: 'us', callId, code: 0, reason: '', at: now() }),
  );
  handler.on('localstream', ({ stream }) => {
    pictures();
    if (hasSound(stream)) tell({ type: 'microphoneSeen' });
  });
  handler.on('remotestream', pictures);
}

/** The code of whatever was thrown; what has none is a fault of the line. */
export function faultCode(error: unknown): Code {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    const { code } = error;
    if (typeof code === 'number') return code;
    if (typeof code === 'string') return code as Code;
  }
  return 'media-failed';
}

/** What the SDK tells of beside a call that goes on; the rest comes as the end of the call or of the log-in. */
function isDeviceFault(code: Code): boolean {
  return /microphone|camera|device/.test(String(code));
}

function hasSound(stream: MediaStream | null): boolean {
  return stream?.getAudioTracks().some((track) => track.readyState === 'live') ?? false;
}

export function hasVideo(stream: MediaStream | null): boolean {
  return stream?.getVideoTracks().some((track) => track.readyState === 'live') ?? false;
}
