/** Failures of what is on its way: what may pass by itself, and what needs its writer. */

export interface Failure {
  code: string;
  detail: string;
}

const PASSING = new Set([
  "cut",
  "offline",
  "unavailable",
  "limited",
  "internal",
  "unauthenticated",
]);

const LONGEST_PAUSE = 30_000;

export function isPassing({ code }: Failure): boolean {
  return PASSING.has(code);
}

/** Of an error that says what it is; any other is one of ours, and thrown on. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return { code: error.code, detail: "detail" in error ? String(error.detail) : error.message };
  }
  throw error;
}

/** Tries again later, longer each time: one pause for each conversation. */
export class Patience {
  readonly #again: (conversationId: string) => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #tries = new Map<string, number>();

  constructor(again: (conversationId: string) => void) {
    this.#again = again;
  }

  later(conversationId: string): void {
    const tries = this.#tries.get(conversationId) ?? 0;
    this.#tries.set(conversationId, tries + 1);
    const most = Math.min(LONGEST_PAUSE, 1000 * 2 ** tries);
    const pause = most / 2 + (Math.random() * most) / 2;
    this.stop(conversationId);
    this.#timers.set(
      conversationId,
      setTimeout(() => this.#again(conversationId), pause),
    );
  }

  /** It goes on by itself: no need to wait for it. */
  stop(conversationId: string): void {
    clearTimeout(this.#timers.get(conversationId));
  }

  /** Something got through. */
  reset(conversationId: string): void {
    this.#tries.delete(conversationId);
  }

  /** The line is back: nobody has tried yet. */
  clear(): void {
    this.#tries.clear();
  }

  end(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
