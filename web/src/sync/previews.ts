/**
 * Pictures and films from this browser, shown before and after the server has them: so that what
 * one has just sent does not blink. Addresses of blobs, the latest ones.
 */

const MOST = 40;

export class Previews {
  readonly #urls = new Map<string, string>();

  /** By the id of a file that waits, or of the attachment that it became. */
  urlOf(id: string): string | undefined {
    return this.#urls.get(id);
  }

  add(id: string, blob: Blob): void {
    if (!this.#urls.has(id)) this.#set(id, URL.createObjectURL(blob));
  }

  /** The file is an attachment now. */
  rename(id: string, attachmentId: string): void {
    const url = this.#urls.get(id);
    if (!url) return;
    this.#urls.delete(id);
    this.#set(attachmentId, url);
  }

  drop(id: string): void {
    const url = this.#urls.get(id);
    if (url) URL.revokeObjectURL(url);
    this.#urls.delete(id);
  }

  clear(): void {
    for (const id of [...this.#urls.keys()]) this.drop(id);
  }

  #set(id: string, url: string): void {
    this.#urls.set(id, url);
    const [oldest] = this.#urls.keys();
    if (this.#urls.size > MOST && oldest) this.drop(oldest);
  }
}
