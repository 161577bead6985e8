/**
 * Markdown that nests deeper than anybody writes. To read it would take seconds and to draw it
 * break the page, for everyone who sees it; so it is shown as it was written. Pure, linear.
 */

const CONTAINERS = 12; // quotes and lists that begin on one line
const BRACKETS = 40; // open at a time
const RUNS = 300; // marks of emphasis in one paragraph, item or row
const LINES = 1_000; // of one paragraph, item or row
/** In what looks like code there may be this many times as much: it may be none. */
const CODE = 5;

const FENCE = /^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*(`{3,}|~{3,})/u;
/** A fence that is one for sure, and what ends it; behind what may hold a fence as text none is. */
const PLAIN_FENCE = /^(?:`{3,}[^`]*|~{3,}.*)$/u;
const END = /^ {0,3}(`{3,}|~{3,})[ \t]*$/u;
const DOUBTFUL = /^ {0,3}(?:<|\$\$)/u;
const BEGINS = /^(?:[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))+/u;
const MARKER = />|[-*+]|\d{1,9}[.)]/gu;
const RULE = /^[ \t]*([-*_])(?:[ \t]*\1)+[ \t]*$/u;
/** Where a paragraph ends: emphasis and links reach no further. */
const FRESH = /^[ \t]*(?:$|>|\||#{1,6} |(?:[-*+]|\d{1,9}[.)])[ \t])/u;
const RUN = /\*+|~~+|(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu;

/** Whether a text is better not read as Markdown. */
export function isTangled(text: string): boolean {
  let fence = "";
  let isSure = true;
  let [lines, runs, open] = [0, 0, 0];
  for (const line of text.split("\n")) {
    if (fence !== "" && isSure) {
      if (END.exec(line)?.[1]?.startsWith(fence)) fence = "";
      continue;
    }
    const mark = FENCE.exec(line)?.[1] ?? "";
    if (DOUBTFUL.test(line) || (mark && !PLAIN_FENCE.test(line))) isSure = false;
    const most = fence === "" ? 1 : CODE;
    if (fence === "") fence = mark;
    else if (mark.startsWith(fence)) fence = "";
    if (RULE.test(line)) continue;
    const begins = BEGINS.exec(line)?.[0] ?? "";
    if ((begins.match(MARKER)?.length ?? 0) > CONTAINERS * most) return true;
    if (FRESH.test(line)) lines = runs = open = 0;
    if (most === 1) lines += 1;
    const words = line.slice(begins.length).replace(/`[^`]*`/gu, "");
    runs += words.match(RUN)?.length ?? 0;
    for (const bracket of words.match(/[[\]]/gu) ?? []) {
      open = Math.max(0, open + (bracket === "[" ? 1 : -1));
      if (open > BRACKETS * most) return true;
    }
    if (runs > RUNS * most || lines > LINES) return true;
  }
  return false;
}
