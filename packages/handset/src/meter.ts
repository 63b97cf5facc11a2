import { capture } from './capture.ts';
import { HandsetError } from './handset-error.ts';

const periodMs = 100;

/** The level of a microphone, 0 to 1: of `track`, which it ends, or of one that it opens. */
export async function meter(
  track: MediaStreamTrack | undefined,
  constraints: MediaTrackConstraints,
  listener: (level: number) => void,
): Promise<() => void> {
  const microphone = track ?? (await capture({ audio: constraints })).audio;
  if (microphone === undefined) throw HandsetError.of('no-microphone');
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(new MediaStream([microphone])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    listener(levelOf(samples));
  }, periodMs);
  return () => {
    clearInterval(timer);
    microphone.stop();
    void context.close();
  };
}

/** Root mean square on a scale of 60 dB: what is half as loud to the ear is not a tenth of the bar. */
export function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  return power === 0 ? 0 : Math.min(1, Math.max(0, 1 + (10 * Math.log10(power)) / 60));
}
