/** Plain text cut into words and web addresses. Only http and https ever become links. */

export type Piece = { text: string; href?: string };

const ADDRESS = /https?:\/\/[^\s<>"'`，。；：！？、（）【】《》「」“”‘’]+/giu;

export function piecesOf(text: string): Piece[] {
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
  let end = address.replace(/[.,;:!?]+$/u, "");
  while (end.endsWith(")") && count(end, ")") > count(end, "(")) end = end.slice(0, -1);
  return end;
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

function addressOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  return isWeb && url.hostname ? url.href : null;
}
