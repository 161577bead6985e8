/** Which addresses in a text become links. */

const SAFE = new Set(["http:", "https:", "mailto:"]);

/** Null: it stays text. Never a script, never an address of this very site without a host. */
export function addressOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (!SAFE.has(parsed.protocol)) return null;
  return parsed.protocol === "mailto:" || parsed.hostname ? parsed.href : null;
}
