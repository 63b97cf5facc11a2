import type { Microphone } from '../phone-model.ts';

/** The microphone as a permission: known, asked for, watched. */
export interface MicrophoneGate {
  /** What is known without asking anybody. */
  check(): Promise<Microphone>;
  /** Opens it for a moment: the browser asks its user if it has to. */
  ask(): Promise<Microphone>;
  /** Runs `changed` when a device comes or goes, or the permission changes. The function returned ends it. */
  watch(changed: () => void): () => void;
}

/** The browser's own microphone. Without a secure context there is none. */
export function browserMicrophone(navigator: Navigator): MicrophoneGate {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  const permission = async (): Promise<PermissionStatus | undefined> => {
    try {
      return await navigator.permissions.query({ name: 'microphone' });
    } catch {
      return undefined; // Older Firefox and in-app browsers do not know this name: only asking tells.
    }
  };

  return {
    async check() {
      if (!media) return 'missing';
      const devices = await media.enumerateDevices();
      if (!devices.some((device) => device.kind === 'audioinput')) return 'missing';
      const state = (await permission())?.state;
      if (state === 'granted') return 'granted';
      return state === 'denied' ? 'refused' : 'unknown';
    },

    async ask() {
      if (!media) return 'missing';
      try {
        const stream = await media.getUserMedia({ audio: true });
        for (const track of stream.getTracks()) track.stop();
        return 'granted';
      } catch (error) {
        return stateFor(error);
      }
    },

    watch(changed) {
      media?.addEventListener('devicechange', changed);
      let status: PermissionStatus | undefined;
      let ended = false;
      void permission().then((found) => {
        if (ended) return;
        status = found;
        status?.addEventListener('change', changed);
      });
      return () => {
        ended = true;
        media?.removeEventListener('devicechange', changed);
        status?.removeEventListener('change', changed);
      };
    },
  };
}

/** W3C Media Capture §10.2: what getUserMedia rejects with. */
function stateFor(error: unknown): Microphone {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'refused';
}
