/**
 * What this browser keeps. Where it keeps nothing, as its store is full or forbidden, all goes on
 * as long as the page is open.
 */
const here = new Map<string, string>();

export function stored(key: string): string | null {
  const held = here.get(key);
  if (held !== undefined) return held;
  return tried(() => localStorage.getItem(key)) ?? null;
}

/** Keep a text under a key; null forgets it. */
export function store(key: string, text: string | null): void {
  const done = tried(() => {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  });
  if (done || text === null) here.delete(key);
  else here.set(key, text);
}

/** The keys of all that is kept. */
export function storedKeys(): string[] {
  const known = tried(() => Object.keys(localStorage)) ?? [];
  return [...new Set([...known, ...here.keys()])];
}

function tried<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
