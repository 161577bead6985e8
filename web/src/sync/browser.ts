/**
 * What browsers offer only to pages on TLS or localhost, with what does the work elsewhere: a
 * server in a local network is often reached by plain http.
 */

const queues = new Map<string, Promise<unknown>>();

/** One at a time in all tabs of this browser; without Web Locks, in this tab. */
export function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(name, work) as Promise<T>;
  const before = queues.get(name) ?? Promise.resolve();
  const done = before.then(work, work);
  queues.set(
    name,
    done.catch(() => undefined),
  );
  return done;
}

/** A random id, as `crypto.randomUUID` makes it (RFC 9562, version 4). */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
