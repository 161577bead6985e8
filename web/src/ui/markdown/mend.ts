/**
 * The end of Markdown that is still being written, closed for the moment: nothing flashes up as
 * stars and brackets, as a heading or as an address, only to become something else. Pure.
 */

/** The text with what is unfinished at its end closed or held back. */
export function mended(text: string): string {
  if (isInFence(text)) return text;
  const at = lineageStart(text);
  return text.slice(0, at) + mendedParagraph(text.slice(at));
}

const FENCE = /^ {0,3}(?:[-*+>] +|\d+[.)] +)*\s*(`{3,}|~{3,}|\$\$)(.*)$/u;

/** Whether the end is inside of code or of a formula, which an end of text closes by itself. */
function isInFence(text: string): boolean {
  let open: string | null = null;
  for (const line of text.split("\n")) {
    const [, mark, rest] = FENCE.exec(line) ?? [];
    if (!mark) continue;
    if (open === null) {
      // What is closed on its own line opens nothing.
      if (!(mark === "$$" || mark.startsWith("`")) || !rest?.includes(mark.charAt(0))) open = mark;
    } else if (mark.startsWith(open) && rest?.trim() === "") open = null;
  }
  return open !== null;
}

const FRESH = /\n[ \t]*\n|\n[ \t]*(?=(?:[-*+]|\d+[.)])[ \t])|\n[ \t]*(?=#{1,6} )|\n(?=\|)/gu;

/** Where the last paragraph, item, heading or row begins: emphasis does not reach further. */
function lineageStart(text: string): number {
  let at = 0;
  for (const match of text.matchAll(FRESH)) at = match.index + match[0].length;
  return at;
}

/** Lines that are only begun: they may become a rule, a heading, an item, a fence. */
const BEGUN = /(?:^|\n)[ \t]*(?:[-*+_=]+|#{1,6}|`{1,2}|~{1,2}|\d+[.)]?|>|\|[ \t:|-]*)[ \t]*$/u;

function mendedParagraph(text: string): string {
  const kept = text.replace(BEGUN, "");
  if (kept !== text) return kept;
  return closed(withoutOpenLink(text));
}

/** A link without its address yet shows its words; an image waits. */
function withoutOpenLink(text: string): string {
  const address = /(!?)\[([^[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*$/u.exec(text);
  if (address && !isInCode(text, address.index)) {
    return text.slice(0, address.index) + (address[1] ? "" : address[2]);
  }
  const words = /(!?)\[([^[\]]*)\]?$/u.exec(text);
  if (!words || isInCode(text, words.index) || /^ ?x?$/iu.test(words[2] ?? "")) return text;
  return text.slice(0, words.index) + (words[1] ? "" : words[2]);
}

function isInCode(text: string, at: number): boolean {
  return openMarks(text.slice(0, at)).at(-1)?.startsWith("`") ?? false;
}

/** Closes emphasis and code, innermost first. */
function closed(text: string): string {
  const marks = openMarks(text);
  if (marks.length === 0) return text;
  const last = marks.at(-1) ?? "";
  const body = text.trimEnd();
  // What has no content yet is not shown at all.
  if (body.endsWith(last)) return closed(body.slice(0, -last.length));
  const rest = last.startsWith("`") ? "" : text.slice(body.length);
  return (rest ? body : text) + [...marks].reverse().join("") + rest;
}

const MARK = /\\[\s\S]|(`+)|(\*{1,3}|_{1,3}|~~)/gu;
const WORD = /[\p{L}\p{N}]/u;

/** Marks of emphasis and code that are opened and not closed, outermost first. */
function openMarks(text: string): string[] {
  const open: string[] = [];
  let code: string | null = null;
  for (const match of text.matchAll(MARK)) {
    const [whole, ticks, emphasis] = match;
    if (ticks) {
      if (code === null) code = ticks;
      else if (code === ticks) code = null;
    } else if (emphasis && code === null) {
      const before = text[match.index - 1] ?? "";
      const after = text[match.index + whole.length] ?? "";
      place(open, emphasis, before, after);
    }
  }
  return code === null ? open : [...open, code];
}

function place(open: string[], mark: string, before: string, after: string): void {
  const known = open.lastIndexOf(mark);
  if (known >= 0 && before.trim() !== "") open.splice(known);
  else if (mark.length === 3 && open.at(-1) && !after.trim()) open.splice(-2);
  // Inside of words a line is a letter; before a space a star is a star.
  else if ((after === "" || after.trim() !== "") && !(mark.startsWith("_") && WORD.test(before)))
    open.push(mark);
}
