import type { CallCore } from './call-core.ts';
import type { CallMedia } from './call-media.ts';
import { isUp } from './call-state.ts';
import { HandsetError } from './handset-error.ts';

/** Calls that had a camera before the screen took its place. */
const withCamera = new WeakSet<CallCore>();

/** The screen, a window or a tab as the picture of the call; the user chooses in the browser's own dialog. */
export async function shareScreen(core: CallCore, { changes }: CallMedia): Promise<void> {
  const { media } = core.ports;
  if (!isUp(core.state) || media.isSharingScreen) throw HandsetError.of('wrong-state');
  const screen = await askForScreen();
  if (!isUp(core.state)) {
    screen.stop();
    throw HandsetError.of('wrong-state');
  }
  if (media.tracks.video !== undefined) withCamera.add(core);
  const ended = (): void => void stopSharing(core, { changes }).catch(core.report);
  try {
    await media.showScreen(screen, ended);
    await changes.setVideo(true, true);
  } catch (error) {
    screen.stop();
    if (isUp(core.state)) {
      await media.hideScreen(withCamera.has(core));
      if (!withCamera.has(core)) await media.dropVideo();
    }
    throw error;
  }
  core.emit('screen', { isShared: true });
  core.ports.changed(core);
}

/** The camera comes back where there was one; else the picture of ours is taken away. */
export async function stopSharing(core: CallCore, { changes }: Pick<CallMedia, 'changes'>): Promise<void> {
  const { media } = core.ports;
  if (!media.isSharingScreen) return;
  const hadCamera = withCamera.delete(core);
  await media.hideScreen(hadCamera);
  if (!hadCamera) await changes.setVideo(false, true);
  core.emit('screen', { isShared: false });
  core.ports.changed(core);
}

async function askForScreen(): Promise<MediaStreamTrack> {
  const { mediaDevices } = navigator as { mediaDevices?: Partial<MediaDevices> };
  if (mediaDevices?.getDisplayMedia === undefined) throw HandsetError.of('not-secure');
  try {
    const stream = await mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    const [track] = stream.getVideoTracks();
    if (track === undefined) throw HandsetError.of('screen-refused');
    // Text must stay sharp; a few pictures less do no harm (mst-content-hint §3).
    track.contentHint = 'detail';
    return track;
  } catch (error) {
    throw HandsetError.from(error, 'screen-refused');
  }
}
