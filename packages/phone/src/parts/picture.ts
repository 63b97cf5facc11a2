import { nothing } from 'lit';
import { Directive, PartType, directive } from 'lit/directive.js';
import type { ElementPart, PartInfo } from 'lit/directive.js';

/**
 * Plays a stream in the `<video>` it stands on, without its sound: that comes from the SDK. A property binding would
 * set the stream anew at every update, and the picture would begin again ten times a second.
 */
class PlayPicture extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('playPicture stands on an element');
  }

  override update({ element }: ElementPart, [stream]: [MediaStream]): typeof nothing {
    if (element instanceof HTMLVideoElement) play(element, stream);
    return nothing;
  }

  render(_stream: MediaStream): typeof nothing {
    return nothing;
  }
}

export const playPicture = directive(PlayPicture);

function play(video: HTMLVideoElement, stream: MediaStream): void {
  if (video.srcObject !== stream) {
    video.muted = true;
    video.srcObject = stream;
  }
  if (!video.paused || !video.isConnected) return;
  video.play().catch(() => {
    // Not yet, or no longer: the next update tries again.
  });
}
