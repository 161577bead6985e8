/** What one does to replies of assistants, and where one begins to talk with one. */
import type { Api } from "./api";
import type { Socket } from "./socket";
import type { Store } from "./store";
import type { Assistant, Conversation, Feedback, Message, UsageReport } from "./wire";

export interface UsageQuery {
  from: string;
  by: UsageReport["by"];
  everyone?: boolean;
}

export class Replies {
  readonly #store: Store;
  readonly #api: Api;
  readonly #socket: Socket;

  constructor(store: Store, api: Api, socket: Socket) {
    this.#store = store;
    this.#api = api;
    this.#socket = socket;
  }

  /** Stops a reply, for everyone; what has been written stays. */
  async cancel(message: Message): Promise<void> {
    if (!message.reply) return;
    const args = { reply_id: message.reply.id };
    this.#take(await this.#socket.command<Message>("replies.cancel", args));
  }

  /** Writes on where a reply broke off. */
  async resume(message: Message): Promise<void> {
    this.#take(await this.#api.request<Message>("POST", `/messages/${message.id}/continue`));
  }

  /** Another answer to the same question; the earlier one stays reachable. */
  async regenerate(message: Message): Promise<void> {
    this.#take(await this.#api.request<Message>("POST", `/messages/${message.id}/regenerate`));
  }

  /** A question of one's own in other words; takes the place of the old one. */
  async askAgain(message: Message, content: string): Promise<void> {
    const path = `/messages/${message.id}/ask-again`;
    this.#take(await this.#api.request<Message>("POST", path, { content }));
  }

  async rate(message: Message, rating: number, comment: string | null): Promise<void> {
    const body = { message_id: message.id, rating, comment };
    const feedback = await this.#api.request<Feedback>("POST", "/feedback", body);
    const { conversation_id: id, id: messageId } = message;
    this.#store.dispatch({ type: "rated", id, messageId, feedback });
  }

  /** A new conversation with an assistant; the default one where none is named. */
  begin(assistantId?: string): Promise<Conversation> {
    const chosen = assistantId ? { assistant_id: assistantId } : {};
    return this.#api.request("POST", "/conversations", { kind: "assistant", ...chosen });
  }

  /** The same by the assistant's user: as people find it. */
  async beginWith(userId: string): Promise<Conversation> {
    const known = await this.#api.all<Assistant>("/assistants", {});
    return this.begin(known.find(({ user }) => user.id === userId)?.id);
  }

  usage({ from, by, everyone }: UsageQuery): Promise<UsageReport> {
    const params = new URLSearchParams({ from, by, ...(everyone ? { everyone: "true" } : {}) });
    return this.#api.request("GET", `/usage?${params}`);
  }

  #take(message: Message): void {
    this.#store.dispatch({ type: "acknowledged", id: message.conversation_id, message });
  }
}
