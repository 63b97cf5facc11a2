/** The title of the browser's tab tells of a call while it rings, and is put back afterwards. */
export class TitleFlash {
  readonly #document: Document;
  #own = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(document: Document) {
    this.#document = document;
  }

  start(text: string): void {
    this.stop();
    this.#own = this.#document.title;
    this.#document.title = text;
    this.#timer = setInterval(() => {
      this.#document.title = this.#document.title === text ? this.#own : text;
    }, 1000);
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#document.title = this.#own;
  }
}
