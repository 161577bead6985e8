/**
 * The durable outbox: a message is in IndexedDB before it is sent, and leaves only when the
 * server has it or its writer discards it. In order per conversation; the same `client_id` on
 * every try, so that the server keeps one. Several tabs share it, one at a time per conversation.
 */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";
import { withLock } from "./browser";
import type { Pending } from "./state";
import type { Message } from "./wire";

interface OutboxSchema extends DBSchema {
  items: { key: string; value: Stored; indexes: { conversation: string } };
}

/** `order` keeps the writing order where two were written in one millisecond. */
type Stored = Pending & { order: number };

export interface Courier {
  /** Hands one message to the server. Throws an error with a `code`. */
  send(item: Pending): Promise<Message>;
  changed(item: Pending): void;
  delivered(item: Pending, message: Message): void;
}

/** What may pass by itself; anything else needs its writer. */
const PASSING = new Set([
  "cut",
  "offline",
  "unavailable",
  "limited",
  "internal",
  "unauthenticated",
]);
const LONGEST_PAUSE = 30_000;

export class Outbox {
  readonly #name: string;
  readonly #db: Promise<IDBPDatabase<OutboxSchema>>;
  readonly #courier: Courier;
  readonly #retries = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #tries = new Map<string, number>();
  #closed = false;

  constructor(userId: string, courier: Courier) {
    this.#name = databaseName(userId);
    this.#courier = courier;
    this.#db = openDB<OutboxSchema>(this.#name, 1, {
      upgrade(db) {
        const items = db.createObjectStore("items", { keyPath: "client_id" });
        items.createIndex("conversation", "conversation_id");
      },
    });
  }

  /** Everything written and not delivered, in the order of writing. */
  async load(): Promise<Pending[]> {
    const items = await (await this.#db).getAll("items");
    return items.sort((a, b) => a.order - b.order);
  }

  async add(item: Pending): Promise<void> {
    const order = performance.timeOrigin + performance.now();
    await (await this.#db).put("items", { ...item, order });
    void this.flush(item.conversation_id);
  }

  async discard(clientId: string): Promise<void> {
    await (await this.#db).delete("items", clientId);
  }

  /** Tries a failed message again. */
  async retry(clientId: string): Promise<void> {
    const item = await (await this.#db).get("items", clientId);
    if (!item) return;
    const { error: _error, ...again } = item;
    await this.#keep({ ...again, state: "waiting" });
    void this.flush(item.conversation_id);
  }

  /** The line is back: everything that waits is sent now. */
  async flushAll(): Promise<void> {
    this.#tries.clear();
    const items = await this.load();
    const ids = new Set(items.map((item) => item.conversation_id));
    await Promise.all([...ids].map((id) => this.flush(id)));
  }

  async flush(conversationId: string): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#retries.get(conversationId));
    await withLock(`${this.#name}/${conversationId}`, async () => {
      let next = await this.#next(conversationId);
      while (next && !this.#closed && (await this.#deliver(next))) {
        next = await this.#next(conversationId);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#retries.values()) clearTimeout(timer);
    (await this.#db).close();
  }

  /** The user has signed out: nothing of theirs stays in this browser. */
  async destroy(): Promise<void> {
    await this.close();
    await deleteDB(this.#name);
  }

  async #next(conversationId: string): Promise<Stored | undefined> {
    if (this.#closed) return undefined;
    const items = await (await this.#db).getAllFromIndex("items", "conversation", conversationId);
    return items.sort((a, b) => a.order - b.order).find((item) => item.state !== "failed");
  }

  /** True: go on with the next one. */
  async #deliver(item: Stored): Promise<boolean> {
    try {
      const message = await this.#courier.send(item);
      if (this.#closed) return false;
      await this.discard(item.client_id);
      this.#tries.delete(item.conversation_id);
      this.#courier.delivered(item, message);
      return true;
    } catch (error) {
      if (this.#closed) return false;
      return this.#failed(item, error);
    }
  }

  async #failed(item: Stored, error: unknown): Promise<boolean> {
    const { code, detail } = reasonOf(error);
    const attempts = item.attempts + 1;
    if (!PASSING.has(code)) {
      await this.#keep({ ...item, attempts, state: "failed", error: { code, detail } });
      return true;
    }
    await this.#keep({ ...item, attempts });
    this.#later(item.conversation_id);
    return false;
  }

  async #keep(item: Stored): Promise<void> {
    await (await this.#db).put("items", item);
    this.#courier.changed(item);
  }

  #later(conversationId: string): void {
    const tries = this.#tries.get(conversationId) ?? 0;
    this.#tries.set(conversationId, tries + 1);
    const most = Math.min(LONGEST_PAUSE, 1000 * 2 ** tries);
    const pause = most / 2 + (Math.random() * most) / 2;
    const timer = setTimeout(() => void this.flush(conversationId), pause);
    this.#retries.set(conversationId, timer);
  }
}

function reasonOf(error: unknown): { code: string; detail: string } {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return { code: error.code, detail: "detail" in error ? String(error.detail) : error.message };
  }
  throw error;
}

function databaseName(userId: string): string {
  return `trialogue-outbox-${userId}`;
}
