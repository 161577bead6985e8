/**
 * Plain text cut into words, web addresses and names that are mentioned. Only http and https ever
 * become links; a name counts where the server says that its owner is meant.
 */

/** `mention`: a user's id, or `all`. */
export type Piece = { text: string; href?: string; mention?: string };

/** Who is meant: ids by folded username. */
export type Names = ReadonlyMap<string, string>;

export const ALL = "all";
const NOBODY: Names = new Map();

const ADDRESS = /https?:\/\/[^\s<>"'`，。；：！？、（）【】《》「」“”‘’]+/giu;

export function piecesOf(text: string, names: Names = NOBODY): Piece[] {
  const parts = linked(text);
  if (names.size === 0) return parts;
  return parts.flatMap((part) => (part.href ? [part] : named(part.text, names)));
}

/** As the server folds usernames. */
export function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase().normalize("NFKC");
}

const AT = /[@＠]([\p{L}\p{M}\p{N}_.-]{1,32})/gu;
/** Before an `@` these make it part of an address, as in ada@example.org. */
const WORD = /[_\p{N}\p{Lu}\p{Ll}\p{Lt}\p{Lm}]$/u;
/** Scripts without spaces: a name may end where they begin or end. */
const DENSE = /\p{Lo}/u;

function named(text: string, names: Names): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(AT)) {
    if (WORD.test(text.slice(0, match.index))) continue;
    const name = nameIn(match[1] ?? "", names);
    if (!name) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    const shown = text.slice(match.index, match.index + 1 + name.length);
    pieces.push({ text: shown, mention: names.get(fold(name)) ?? ALL });
    at = match.index + shown.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** The longest beginning of what stands behind an `@` that is somebody's name. */
function nameIn(run: string, names: Names): string | null {
  const chars = [...run];
  for (let end = chars.length; end > 0; end -= 1) {
    const [last, next] = [chars[end - 1] ?? "", chars[end] ?? ""];
    const mayEnd = !next || next === "." || next === "-" || DENSE.test(last) || DENSE.test(next);
    const name = chars.slice(0, end).join("");
    if (mayEnd && names.has(fold(name))) return name;
  }
  return null;
}

function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const shown = trimmed(match[0]);
    const href = addressOf(shown);
    if (!href) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: shown, href });
    at = match.index + shown.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** A full stop or a closing bracket after an address belongs to the sentence around it. */
function trimmed(address: string): string {
  let end = address.length;
  while (".,;:!?".includes(address.charAt(end - 1))) end -= 1;
  let open = 0;
  for (const char of address.slice(0, end)) open += char === "(" ? 1 : char === ")" ? -1 : 0;
  for (; open < 0 && address.charAt(end - 1) === ")"; open += 1) end -= 1;
  return address.slice(0, end);
}

function addressOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  return isWeb && url.hostname ? url.href : null;
}
