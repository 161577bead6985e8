/** What of the outbox is in IndexedDB: messages on their way, and the bytes of their files. */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";
import type { Pending } from "./state";

/** `order` keeps the writing order where two were written in one millisecond. */
export type Stored = Pending & { order: number };

interface KeptFile {
  id: string;
  client_id: string;
  blob: Blob;
}

interface Schema extends DBSchema {
  items: { key: string; value: Stored; indexes: { conversation: string } };
  files: { key: string; value: KeptFile; indexes: { message: string } };
}

export class Kept {
  readonly #name: string;
  readonly #db: Promise<IDBPDatabase<Schema>>;
  /** Files for which this browser had no room: they last as long as the page. */
  readonly #unkept = new Map<string, Blob>();

  constructor(name: string) {
    this.#name = name;
    this.#db = openDB<Schema>(name, 2, {
      upgrade(db, from) {
        if (from < 1) {
          const items = db.createObjectStore("items", { keyPath: "client_id" });
          items.createIndex("conversation", "conversation_id");
        }
        const files = db.createObjectStore("files", { keyPath: "id" });
        files.createIndex("message", "client_id");
      },
    });
  }

  /** In the order of writing. */
  async all(): Promise<Stored[]> {
    return inOrder(await (await this.#db).getAll("items"));
  }

  async of(conversationId: string): Promise<Stored[]> {
    const db = await this.#db;
    return inOrder(await db.getAllFromIndex("items", "conversation", conversationId));
  }

  async find(clientId: string): Promise<Stored | undefined> {
    return (await this.#db).get("items", clientId);
  }

  async add(item: Stored, blobs: ReadonlyMap<string, Blob>): Promise<void> {
    try {
      const tx = (await this.#db).transaction(["items", "files"], "readwrite");
      await Promise.all([
        tx.objectStore("items").put(item),
        ...[...blobs].map(([id, blob]) =>
          tx.objectStore("files").put({ id, client_id: item.client_id, blob }),
        ),
        tx.done,
      ]);
    } catch (error) {
      if (blobs.size === 0 || !isFull(error)) throw error;
      for (const [id, blob] of blobs) this.#unkept.set(id, blob);
      await this.put(item);
    }
  }

  async put(item: Stored): Promise<void> {
    await (await this.#db).put("items", item);
  }

  /** Changes a message as it is now; undefined: it has gone meanwhile. */
  async change(clientId: string, apply: (item: Stored) => Stored): Promise<Stored | undefined> {
    const tx = (await this.#db).transaction("items", "readwrite");
    const item = await tx.store.get(clientId);
    const next = item && apply(item);
    if (next) await tx.store.put(next);
    await tx.done;
    return next;
  }

  /** The bytes of a file; undefined where they were not kept. */
  async file(id: string): Promise<Blob | undefined> {
    return (await (await this.#db).get("files", id))?.blob ?? this.#unkept.get(id);
  }

  async dropFile(id: string): Promise<void> {
    this.#unkept.delete(id);
    await (await this.#db).delete("files", id);
  }

  /** A message and its files. */
  async drop(clientId: string): Promise<void> {
    const tx = (await this.#db).transaction(["items", "files"], "readwrite");
    const ids = await tx.objectStore("files").index("message").getAllKeys(clientId);
    for (const id of ids) {
      this.#unkept.delete(id);
      void tx.objectStore("files").delete(id);
    }
    void tx.objectStore("items").delete(clientId);
    await tx.done;
  }

  async close(): Promise<void> {
    (await this.#db).close();
  }

  /** After `close`: nothing stays. */
  async destroy(): Promise<void> {
    await deleteDB(this.#name);
  }
}

function inOrder(items: Stored[]): Stored[] {
  return items.sort((a, b) => a.order - b.order);
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name !== "InvalidStateError";
}
