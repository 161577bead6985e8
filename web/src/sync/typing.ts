/**
 * Who writes: tells the server that one does, seldom enough, and forgets about others when their
 * time is over.
 */
import type { Typing as Change, Frame } from "./wire";

/** Milliseconds: the server forgets after six seconds, so does this; told again every three. */
const LASTS = 6000;
const AGAIN = 3000;

export class Typing {
  readonly #send: (id: string, typing: boolean) => void;
  readonly #end: (frame: Frame) => void;
  /** When it was last told that one writes, by conversation. */
  readonly #told = new Map<string, number>();
  readonly #ends = new Map<string, ReturnType<typeof setTimeout>>();

  /** `end` hears a frame that ends what no frame has ended. */
  constructor(send: (id: string, typing: boolean) => void, end: (frame: Frame) => void) {
    this.#send = send;
    this.#end = end;
  }

  /** One has changed the text; `typing` false: it is sent or empty. */
  set(id: string, typing: boolean): void {
    const told = this.#told.get(id);
    if (typing) {
      if (told !== undefined && Date.now() - told < AGAIN) return;
      this.#told.set(id, Date.now());
    } else {
      if (told === undefined) return;
      this.#told.delete(id);
      // It has ended by itself already.
      if (Date.now() - told > LASTS) return;
    }
    this.#send(id, typing);
  }

  hear(frame: Frame): void {
    const { user_id, typing } = frame.data as Change;
    const key = `${frame.conversation_id} ${user_id}`;
    clearTimeout(this.#ends.get(key));
    this.#ends.delete(key);
    if (!typing) return;
    const over = { ...frame, data: { user_id, typing: false } };
    this.#ends.set(
      key,
      setTimeout(() => this.#end(over), LASTS),
    );
  }

  clear(): void {
    for (const timer of this.#ends.values()) clearTimeout(timer);
    this.#ends.clear();
    this.#told.clear();
  }
}
