/**
 * Uploads the files of messages that wait in the outbox: one after the other in a conversation, in
 * one tab for all, until the message can go.
 */
import { withLock } from "./browser";
import { type Failure, failureOf, isPassing, Patience } from "./failures";
import type { Kept, Stored } from "./kept";
import type { Pending, PendingFile } from "./state";
import type { Attachment } from "./wire";

export interface Carrier {
  /** Hands the bytes of a file to the server. Throws an error with a `code`. */
  upload(
    file: PendingFile,
    blob: Blob,
    watch: { signal: AbortSignal; sent: (bytes: number) => void },
  ): Promise<Attachment>;
  /** A message looks different now. */
  changed(item: Pending): void;
  /** So many bytes of a file have gone. */
  progress(item: Pending, fileId: string, sent: number): void;
}

/** Nobody has the bytes any more: the browser had no room for them, or has thrown them away. */
const LOST: Failure = { code: "file_lost", detail: "The file is not in this browser any more." };

export function isUploaded({ files }: Pending): boolean {
  return !files?.some((file) => file.attachment === null);
}

export class Uploads {
  readonly #name: string;
  readonly #kept: Kept;
  readonly #carrier: Carrier;
  /** A message of this conversation can go. */
  readonly #ready: (conversationId: string) => void;
  readonly #patience = new Patience((id) => void this.run(id));
  readonly #running = new Map<string, AbortController>();
  #closed = false;

  constructor(name: string, kept: Kept, carrier: Carrier, ready: (id: string) => void) {
    this.#name = name;
    this.#kept = kept;
    this.#carrier = carrier;
    this.#ready = ready;
  }

  async run(conversationId: string): Promise<void> {
    if (this.#closed) return;
    this.#patience.stop(conversationId);
    await withLock(`${this.#name}/${conversationId}/files`, async () => {
      let next = await this.#next(conversationId);
      while (next && !this.#closed && (await this.#upload(...next))) {
        next = await this.#next(conversationId);
      }
    });
  }

  stop(files: { id: string }[]): void {
    for (const { id } of files) this.#running.get(id)?.abort();
  }

  close(): void {
    this.#closed = true;
    this.#patience.end();
    for (const controller of this.#running.values()) controller.abort();
  }

  async #next(conversationId: string): Promise<[Stored, PendingFile] | undefined> {
    if (this.#closed) return undefined;
    for (const item of await this.#kept.of(conversationId)) {
      const file = item.files?.find(({ attachment }) => attachment === null);
      if (file && item.state !== "failed") return [item, file];
    }
    return undefined;
  }

  /** True: go on with the next one. */
  async #upload(item: Stored, file: PendingFile): Promise<boolean> {
    const controller = new AbortController();
    this.#running.set(file.id, controller);
    const { signal } = controller;
    try {
      const blob = await this.#kept.file(file.id);
      if (!blob) return this.#refused(item, LOST);
      const sent = (bytes: number) => this.#carrier.progress(item, file.id, bytes);
      const attachment = await this.#carrier.upload(file, blob, { signal, sent });
      if (this.#closed) return false;
      await this.#uploaded(item, file.id, attachment);
      return true;
    } catch (error) {
      if (this.#closed) return false;
      // Its writer has taken it back.
      if (signal.aborted) return true;
      const failure = failureOf(error);
      if (!isPassing(failure)) return this.#refused(item, failure);
      this.#carrier.progress(item, file.id, 0);
      this.#patience.later(item.conversation_id);
      return false;
    } finally {
      this.#running.delete(file.id);
    }
  }

  async #uploaded(item: Stored, fileId: string, attachment: Attachment): Promise<void> {
    this.#patience.reset(item.conversation_id);
    const next = await this.#kept.change(item.client_id, (known) => ({
      ...known,
      files: (known.files ?? []).map((file) =>
        file.id === fileId ? { ...file, attachment, sent: file.size } : file,
      ),
    }));
    if (!next) return;
    this.#carrier.changed(next);
    if (isUploaded(next)) this.#ready(next.conversation_id);
  }

  async #refused(item: Stored, error: Failure): Promise<boolean> {
    const next = await this.#kept.change(item.client_id, (known) => ({
      ...known,
      state: "failed",
      error,
    }));
    if (next) this.#carrier.changed(next);
    return true;
  }
}
