/**
 * Colours for code, found beside the page: on some texts the patterns of a language take minutes.
 * One code at a time, in a worker that is ended where it takes too long.
 */
import type { Token } from "./highlighter";

export interface Code {
  code: string;
  language: string;
}

/** Of a worker, what is used here. */
export interface Painter {
  onmessage: ((event: MessageEvent<Token[] | null>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage: (code: Code) => void;
  terminate: () => void;
}

/** Milliseconds; loading the worker counts. */
const PATIENCE = 3000;

export class Colours {
  readonly #make: () => Painter;
  readonly #patience: number;
  #painter: Painter | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(make: () => Painter, patience = PATIENCE) {
    this.#make = make;
    this.#patience = patience;
  }

  /** Null: no colours are known for it, or nobody wants them any more when its turn comes. */
  of(code: Code, isWanted: () => boolean): Promise<Token[] | null> {
    const painted = this.#last.then(() => (isWanted() ? this.#paint(code) : null));
    this.#last = painted;
    return painted;
  }

  #paint(code: Code): Promise<Token[] | null> {
    this.#painter ??= this.#make();
    const painter = this.#painter;
    return new Promise((resolve) => {
      const giveUp = () => {
        clearTimeout(timer);
        painter.terminate();
        this.#painter = null;
        resolve(null);
      };
      const timer = setTimeout(giveUp, this.#patience);
      painter.onerror = giveUp;
      painter.onmessage = ({ data }) => {
        clearTimeout(timer);
        resolve(data);
      };
      painter.postMessage(code);
    });
  }
}

export const colours = new Colours(
  () => new Worker(new URL("./highlighter.worker.ts", import.meta.url), { type: "module" }),
);
