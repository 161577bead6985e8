/** Own read marks on their way to the server: gathered briefly, kept while the line is cut. */

const GATHER = 500;

export class Reads {
  readonly #send: (id: string, seq: number) => Promise<unknown>;
  readonly #marks = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (id: string, seq: number) => Promise<unknown>) {
    this.#send = send;
  }

  mark(id: string, seq: number): void {
    this.#marks.set(id, Math.max(seq, this.#marks.get(id) ?? 0));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), GATHER);
  }

  /** Sends what waits. What gets no answer waits for the line to come back. */
  flush(): void {
    clearTimeout(this.#timer);
    for (const [id, seq] of this.#marks) {
      this.#send(id, seq).then(
        () => this.#done(id, seq),
        (error: { code?: string }) => {
          if (error.code !== "cut") this.#done(id, seq);
        },
      );
    }
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#marks.clear();
  }

  #done(id: string, seq: number): void {
    if (this.#marks.get(id) === seq) this.#marks.delete(id);
  }
}
