export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

const quietAfterMs = 3000;
const corners: Corner[] = ['top-left', 'top-right', 'bottom-right', 'bottom-left'];

/** The video stage: bars that leave when nothing is touched, and the corner of our own picture. */
export class PictureDesk {
  quiet = false;
  corner: Corner | undefined;

  readonly #changed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Any touch, key or focus brings the bars back; after 3 s without one they leave. */
  wake(stays: boolean): void {
    clearTimeout(this.#timer);
    if (!stays) this.#timer = setTimeout(() => this.#setQuiet(true), quietAfterMs);
    this.#setQuiet(false);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#setQuiet(false);
    this.corner = undefined;
  }

  /** By keyboard: the next corner clockwise. */
  nextCorner(from: Corner): void {
    this.corner = corners[(corners.indexOf(from) + 1) % corners.length];
    this.#changed();
  }

  /** Follows the pointer, and lets go into the nearest corner. */
  drag(event: PointerEvent): void {
    const picture = event.currentTarget;
    if (!(picture instanceof HTMLElement)) return;
    const stage = picture.parentElement;
    if (!stage) return;
    const from = { x: event.clientX, y: event.clientY };
    picture.setPointerCapture(event.pointerId);
    picture.classList.add('dragging');
    const move = (at: PointerEvent): void => {
      picture.style.transform = `translate(${at.clientX - from.x}px, ${at.clientY - from.y}px)`;
    };
    const drop = (): void => {
      const box = picture.getBoundingClientRect();
      const room = stage.getBoundingClientRect();
      picture.removeEventListener('pointermove', move);
      picture.classList.remove('dragging');
      picture.style.transform = '';
      this.corner = nearestCorner(box, room);
      this.#changed();
    };
    picture.addEventListener('pointermove', move);
    picture.addEventListener('lostpointercapture', drop, { once: true });
  }

  #setQuiet(quiet: boolean): void {
    if (this.quiet === quiet) return;
    this.quiet = quiet;
    this.#changed();
  }
}

/** Less of a picture than this is not worth a filled stage. */
const leastShown = 0.6;

/** A picture fills the stage unless that would cut too much of it off: then it is shown whole. */
export function fitPicture(video: HTMLVideoElement): void {
  const share = shownWhenFilled(video.videoWidth / video.videoHeight, video.clientWidth / video.clientHeight);
  video.classList.toggle('whole', share < leastShown);
}

/** Both as width by height: the share of the picture that is seen when it fills the stage. */
export function shownWhenFilled(picture: number, stage: number): number {
  return Math.min(picture / stage, stage / picture);
}

type Box = Pick<DOMRect, 'x' | 'y' | 'width' | 'height'>;

export function nearestCorner(box: Box, room: Box): Corner {
  const left = box.x + box.width / 2 < room.x + room.width / 2;
  const top = box.y + box.height / 2 < room.y + room.height / 2;
  return `${top ? 'top' : 'bottom'}-${left ? 'left' : 'right'}`;
}
