import { HandsetError } from './handset-error.ts';
import { within } from './limit.ts';
import type { LocalTracks } from './media.ts';
import type { HandsetErrorCode } from './soft-handler-types.ts';

/** What to take; a kind that is absent is not taken. */
export interface CaptureRequest {
  readonly audio?: MediaTrackConstraints | undefined;
  readonly video?: MediaTrackConstraints | undefined;
}

export interface Captured extends LocalTracks {
  /** The microphone is there, the camera is not. */
  readonly cameraFault?: HandsetError | undefined;
}

/** The user may take time over the browser's question. */
const permissionLimitMs = 60_000;

/**
 * Microphone and camera in one question to the user. A call without its camera goes on with sound;
 * a call without its microphone does not.
 */
export async function capture(wanted: CaptureRequest): Promise<Captured> {
  const { audio, video } = wanted;
  if (audio === undefined && video === undefined) return {};
  if (audio === undefined || video === undefined) return getTracks(wanted);
  try {
    return await getTracks(wanted);
  } catch (fault) {
    const sound = await getTracks({ audio });
    return { ...sound, cameraFault: cameraFault(fault) };
  }
}

async function getTracks(wanted: CaptureRequest): Promise<LocalTracks> {
  try {
    return await getUserMedia(wanted);
  } catch (error) {
    const chosen = namesDevice(wanted.audio) || namesDevice(wanted.video);
    if (chosen && error instanceof Error && /NotFound|Overconstrained/.test(error.name)) {
      // The device that was chosen is unplugged: any other will do.
      return getTracks({
        audio: wanted.audio && withoutDevice(wanted.audio),
        video: wanted.video && withoutDevice(wanted.video),
      });
    }
    throw captureFault(error, wanted.audio === undefined ? 'camera' : 'microphone');
  }
}

async function getUserMedia(wanted: CaptureRequest): Promise<LocalTracks> {
  if (!canCapture()) throw HandsetError.of('not-secure');
  const constraints = { audio: wanted.audio ?? false, video: wanted.video ?? false };
  const stream = await within(
    permissionLimitMs,
    navigator.mediaDevices.getUserMedia(constraints),
    stopTracks,
  );
  return { audio: stream.getAudioTracks()[0], video: stream.getVideoTracks()[0] };
}

/** Browsers take `mediaDevices` away from pages that are not secure. */
export function canCapture(): boolean {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  return typeof mediaDevices?.getUserMedia === 'function';
}

/** https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
export function captureFault(error: unknown, device: 'microphone' | 'camera'): HandsetError {
  if (error instanceof HandsetError) return error;
  return HandsetError.of(codeFor(error instanceof Error ? error.name : '', device), error);
}

function codeFor(name: string, device: 'microphone' | 'camera'): HandsetErrorCode {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return `${device}-refused`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `no-${device}`;
    case 'TypeError':
      return 'not-secure';
    default:
      // NotReadableError, AbortError: the device is there and does not give.
      return 'device-busy';
  }
}

/** Asked together, one fault stands for both; as the microphone came by itself, it was the camera's. */
function cameraFault(fault: unknown): HandsetError {
  const { cause } = HandsetError.from(fault, 'device-busy');
  return captureFault(cause, 'camera');
}

function namesDevice(constraints: MediaTrackConstraints | undefined): boolean {
  return constraints?.deviceId !== undefined;
}

export function withoutDevice(constraints: MediaTrackConstraints): MediaTrackConstraints {
  const others = { ...constraints };
  delete others.deviceId;
  return others;
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
