/**
 * Replies that are being written, apart from the world: a piece of text wakes the row that shows
 * it, and nothing else. Asks for the whole text where something may be missing.
 */
import type { Socket } from "./socket";
import { begun, hasHole, type Stream, withDelta, withRestart, withWhole } from "./stream";
import type { Frame, Message, ReplyDelta, ReplyRestarted, ReplyText } from "./wire";
import type { Action } from "./world";

/** Milliseconds after which a hole that stays is asked about again. */
const AGAIN = 500;
/** Replies whose first pieces came before their message. */
const MOST_EARLY = 50;

type Ask = Pick<Socket, "command">;

export class Streams {
  readonly #socket: Ask;
  readonly #again: number;
  readonly #streams = new Map<string, Stream>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #asking = new Map<string, ReturnType<typeof setTimeout> | null>();
  #early: ReplyDelta[] = [];

  constructor(socket: Ask, again = AGAIN) {
    this.#socket = socket;
    this.#again = again;
  }

  get(messageId: string): Stream | undefined {
    return this.#streams.get(messageId);
  }

  subscribe(messageId: string, listener: () => void): () => void {
    const known = this.#listeners.get(messageId) ?? new Set();
    this.#listeners.set(messageId, known.add(listener));
    return () => {
      known.delete(listener);
      if (known.size === 0) this.#listeners.delete(messageId);
    };
  }

  /** What the world is about to hear. */
  heed(action: Action): void {
    if (action.type === "frame") this.hear(action.frame);
    else if (action.type === "opened") this.meet(action.conversation.messages);
    else if (action.type === "page") this.meet(action.page.items);
    else if (action.type === "changes") this.meet(action.changes.messages);
    else if (action.type === "ready") this.resume();
    else if (action.type === "signed-in" || action.type === "signed-out") this.clear();
  }

  /** A live frame. */
  hear(frame: Frame): void {
    if (frame.event === "reply.delta") this.#piece(frame.data as ReplyDelta);
    else if (frame.event === "reply.restarted") this.#restart(frame.data as ReplyRestarted);
    else if (frame.event.startsWith("message.")) this.#see(frame.data as Message);
    else if (frame.event === "changes") this.meet((frame.data as { messages: Message[] }).messages);
  }

  /** Messages as a page tells them: the text of one that is being written may be an older one. */
  meet(messages: Message[]): void {
    for (const message of messages) {
      this.#see(message);
      if (isLive(message)) this.#ask(message.id);
    }
  }

  /** The line is back: what came meanwhile has been missed. */
  resume(): void {
    for (const id of this.#streams.keys()) this.#ask(id);
  }

  clear(): void {
    for (const timer of this.#asking.values()) if (timer) clearTimeout(timer);
    this.#asking.clear();
    this.#streams.clear();
    this.#early = [];
  }

  #see(message: Message): void {
    const known = this.#streams.get(message.id);
    if (!isLive(message)) {
      // An answer from before the reply was continued says nothing about it now.
      const attempt = message.retracted_at ? Infinity : (message.reply?.attempt ?? 0);
      if (known && attempt >= known.attempt) this.#forget(message.id);
      return;
    }
    const { attempt } = message.reply;
    if (known && known.attempt >= attempt) return;
    const early = this.#early.filter((delta) => delta.message_id === message.id);
    this.#early = this.#early.filter((delta) => delta.message_id !== message.id);
    this.#set(message.id, early.reduce(withDelta, begun(attempt, message.content)));
  }

  #piece(delta: ReplyDelta): void {
    const known = this.#streams.get(delta.message_id);
    if (known) this.#set(delta.message_id, withDelta(known, delta));
    else this.#early = [...this.#early.slice(1 - MOST_EARLY), delta];
  }

  #restart(restarted: ReplyRestarted): void {
    const known = this.#streams.get(restarted.message_id);
    if (known) this.#set(restarted.message_id, withRestart(known, restarted));
  }

  #set(id: string, stream: Stream): void {
    if (this.#streams.get(id) === stream) return;
    this.#streams.set(id, stream);
    if (hasHole(stream)) this.#ask(id);
    this.#wake(id);
  }

  #wake(id: string): void {
    for (const listener of this.#listeners.get(id) ?? []) listener();
  }

  #forget(id: string): void {
    this.#streams.delete(id);
    clearTimeout(this.#asking.get(id) ?? undefined);
    this.#asking.delete(id);
    this.#wake(id);
  }

  /** Asks for the whole text; once at a time, and again while a hole stays. */
  #ask(id: string): void {
    if (this.#asking.has(id)) return;
    this.#asking.set(id, null);
    const asked = this.#socket.command<ReplyText>("replies.follow", { message_id: id });
    asked
      .then(
        (whole) => {
          const stream = this.#streams.get(id);
          if (stream) this.#set(id, withWhole(stream, whole));
        },
        // Without a line it is asked for when the line is back.
        () => undefined,
      )
      .finally(() => this.#asked(id));
  }

  #asked(id: string): void {
    if (!this.#asking.has(id)) return;
    const stream = this.#streams.get(id);
    if (!stream || !hasHole(stream)) {
      this.#asking.delete(id);
      return;
    }
    const timer = setTimeout(() => {
      this.#asking.delete(id);
      const later = this.#streams.get(id);
      if (later && hasHole(later)) this.#ask(id);
    }, this.#again);
    this.#asking.set(id, timer);
  }
}

/** Whether a message is a reply that is being written. */
export function isLive(
  message: Message,
): message is Message & { reply: NonNullable<Message["reply"]> } {
  return message.state === "streaming" && message.reply != null && !message.retracted_at;
}
