/** What one does to messages that are there already: edit, recall, react, quote. */
import { type Api, ApiError } from "./api";
import type { Socket } from "./socket";
import type { Store } from "./store";
import type { Message } from "./wire";

export class Deeds {
  readonly #store: Store;
  readonly #api: Api;
  readonly #socket: Socket;
  /** Ids of quoted messages that are being asked for. */
  readonly #asked = new Set<string>();

  constructor(store: Store, api: Api, socket: Socket) {
    this.#store = store;
    this.#api = api;
    this.#socket = socket;
  }

  /** Throws what the server says, `edit_window_over` among it. */
  async edit(message: Message, content: string): Promise<void> {
    const args = { message_id: message.id, content };
    const edited = await this.#socket.command<Message>("messages.edit", args);
    this.#store.dispatch({ type: "acknowledged", id: message.conversation_id, message: edited });
  }

  /** Recalls a message; the text of one's own is kept here, to write it anew. */
  async recall(message: Message): Promise<void> {
    await this.#socket.command("messages.retract", { message_id: message.id });
    const { conversation_id: id, id: messageId, content } = message;
    const isOwn = message.sender.id === this.#store.getSnapshot().me?.id;
    if (isOwn) this.#store.dispatch({ type: "recalled", id, messageId, content });
  }

  /** Shown at once, taken back where the server refuses it. */
  async react(message: Message, emoji: string, on: boolean): Promise<void> {
    const { conversation_id: id, id: messageId } = message;
    const wish = { type: "wish", id, messageId, emoji } as const;
    this.#store.dispatch({ ...wish, on });
    try {
      const command = on ? "reactions.add" : "reactions.remove";
      const args = { message_id: messageId, emoji };
      const reacted = await this.#socket.command<Message>(command, args);
      this.#store.dispatch({ type: "acknowledged", id, message: reacted });
    } finally {
      this.#store.dispatch({ ...wish, on: null });
    }
  }

  /** Fetches a message that is quoted and not loaded; once at a time. */
  async quote(id: string, messageId: string): Promise<void> {
    if (this.#asked.has(messageId)) return;
    this.#asked.add(messageId);
    try {
      const message = await this.#api.message(messageId);
      this.#store.dispatch({ type: "quoted", id, messageId, message });
    } catch (error) {
      const isGone = error instanceof ApiError && [403, 404, 410].includes(error.status);
      if (isGone) this.#store.dispatch({ type: "quoted", id, messageId, message: null });
    } finally {
      this.#asked.delete(messageId);
    }
  }
}
