/**
 * The durable outbox: a message is in IndexedDB before it is sent, and leaves only when the
 * server has it or its writer discards it. In order per conversation, once its files are uploaded;
 * the same `client_id` on every try, so that the server keeps one. Several tabs share it.
 */
import { withLock } from "./browser";
import { failureOf, isPassing, Patience } from "./failures";
import { Kept, type Stored } from "./kept";
import type { Pending } from "./state";
import { type Carrier, isUploaded, Uploads } from "./uploads";
import type { Message } from "./wire";

export interface Courier extends Carrier {
  /** Hands one message to the server. Throws an error with a `code`. */
  send(item: Pending): Promise<Message>;
  delivered(item: Pending, message: Message): void;
}

export class Outbox {
  readonly #name: string;
  readonly #kept: Kept;
  readonly #courier: Courier;
  readonly #uploads: Uploads;
  readonly #patience = new Patience((id) => void this.flush(id));
  #closed = false;

  constructor(userId: string, courier: Courier) {
    this.#name = `trialogue-outbox-${userId}`;
    this.#kept = new Kept(this.#name);
    this.#courier = courier;
    this.#uploads = new Uploads(this.#name, this.#kept, courier, (id) => void this.flush(id));
  }

  /** Everything written and not delivered, in the order of writing. */
  load(): Promise<Pending[]> {
    return this.#kept.all();
  }

  /** `blobs`: the bytes of the files, by their ids. */
  async add(item: Pending, blobs: ReadonlyMap<string, Blob> = new Map()): Promise<void> {
    const order = performance.timeOrigin + performance.now();
    await this.#kept.add({ ...item, order }, blobs);
    this.#start(item.conversation_id);
  }

  async discard(clientId: string): Promise<void> {
    const item = await this.#kept.find(clientId);
    await this.#kept.drop(clientId);
    this.#uploads.stop(item?.files ?? []);
  }

  /** The message goes without this file. Undefined: nothing is left of it. */
  async dropFile(clientId: string, fileId: string): Promise<Pending | undefined> {
    const item = await this.#kept.change(clientId, (known) => ({
      ...known,
      files: known.files?.filter((file) => file.id !== fileId) ?? [],
    }));
    if (!item || (item.files?.length === 0 && !item.content)) await this.discard(clientId);
    await this.#kept.dropFile(fileId);
    this.#uploads.stop([{ id: fileId }]);
    const left = await this.#kept.find(clientId);
    if (left) this.#start(left.conversation_id);
    return left;
  }

  /** The bytes of a file that waits here. */
  file(id: string): Promise<Blob | undefined> {
    return this.#kept.file(id);
  }

  /** Tries a failed message again. */
  async retry(clientId: string): Promise<void> {
    const item = await this.#kept.change(clientId, ({ error: _error, ...failed }) => ({
      ...failed,
      state: "waiting",
    }));
    if (!item) return;
    this.#courier.changed(item);
    this.#start(item.conversation_id);
  }

  /** The line is back: everything that waits is sent now. */
  async flushAll(): Promise<void> {
    this.#patience.clear();
    const ids = new Set((await this.load()).map((item) => item.conversation_id));
    for (const id of ids) void this.#uploads.run(id);
    await Promise.all([...ids].map((id) => this.flush(id)));
  }

  async flush(conversationId: string): Promise<void> {
    if (this.#closed) return;
    this.#patience.stop(conversationId);
    await withLock(`${this.#name}/${conversationId}`, async () => {
      let next = await this.#next(conversationId);
      while (next && !this.#closed && (await this.#deliver(next))) {
        next = await this.#next(conversationId);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#patience.end();
    this.#uploads.close();
    await this.#kept.close();
  }

  /** The user has signed out: nothing of theirs stays in this browser. */
  async destroy(): Promise<void> {
    await this.close();
    await this.#kept.destroy();
  }

  #start(conversationId: string): void {
    void this.#uploads.run(conversationId);
    void this.flush(conversationId);
  }

  /** What is still being uploaded is passed by what has been written after it. */
  async #next(conversationId: string): Promise<Stored | undefined> {
    if (this.#closed) return undefined;
    const items = await this.#kept.of(conversationId);
    return items.find((item) => item.state !== "failed" && isUploaded(item));
  }

  /** True: go on with the next one. */
  async #deliver(item: Stored): Promise<boolean> {
    try {
      const message = await this.#courier.send(item);
      if (this.#closed) return false;
      await this.#kept.drop(item.client_id);
      this.#patience.reset(item.conversation_id);
      this.#courier.delivered(item, message);
      return true;
    } catch (error) {
      if (this.#closed) return false;
      return this.#failed(item, error);
    }
  }

  async #failed(item: Stored, cause: unknown): Promise<boolean> {
    const error = failureOf(cause);
    const passes = isPassing(error);
    const attempts = item.attempts + 1;
    const next = await this.#kept.change(item.client_id, (known) =>
      passes ? { ...known, attempts } : { ...anew(known), attempts, state: "failed", error },
    );
    if (next) this.#courier.changed(next);
    if (passes) this.#patience.later(item.conversation_id);
    return !passes;
  }
}

/** What the server has refused it does not keep for long: the next try uploads the files anew. */
function anew(item: Stored): Stored {
  if (!item.files) return item;
  return { ...item, files: item.files.map((file) => ({ ...file, attachment: null, sent: 0 })) };
}
