/**
 * What of a message was found: cuts queries as the server does (`core/words.py`) and marks their
 * words in a text. Pure.
 */

/** `word` stands alone, `beginning` may go on, `inside` stands anywhere. Folded. */
export interface Term {
  text: string;
  kind: "word" | "beginning" | "inside";
}

export interface Part {
  text: string;
  found: boolean;
}

/** Scripts that put no spaces between words, and Korean, whose words carry their particles. */
const DENSE =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}" +
  "\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Tibetan}\\p{Script=Myanmar}\\p{Script=Khmer}ー々〆";
const RUNS = new RegExp(`[${DENSE}]+|(?:(?![${DENSE}])[\\p{L}\\p{N}\\p{M}])+`, "gu");
const DENSE_START = new RegExp(`^[${DENSE}]`, "u");
const LETTER = new RegExp(`^(?![${DENSE}])[\\p{L}\\p{N}\\p{M}]`, "u");
const QUOTED = /["“”„«»「『]([^"“”„«»「」『』]*)["“”«»」』]/gu;

/** Characters from which on the last word of a query stands for its continuations. */
const PREFIX = 3;

/** What a query asks for: words, "a phrase", and the beginning of a last word. */
export function termsOf(query: string): Term[] {
  const phrases = [...query.matchAll(QUOTED)].map(([, quoted]) => spaced(fold(quoted ?? "")));
  const rest = fold(query.replace(QUOTED, " "));
  const runs = [...rest.matchAll(RUNS)].map(([run]) => run);
  const terms = runs.map((text, index): Term => {
    if (DENSE_START.test(text)) return { text, kind: "inside" };
    const isLast = index === runs.length - 1 && rest.endsWith(text);
    return { text, kind: isLast && text.length >= PREFIX ? "beginning" : "word" };
  });
  const quoted = phrases.filter(Boolean).map((text): Term => ({ text, kind: "inside" }));
  return [...quoted, ...terms];
}

/** A text in pieces, those that were found marked. */
export function marked(text: string, terms: Term[]): Part[] {
  const { folded, at } = folding(text);
  const hits = terms.flatMap((term) => hitsOf(folded, term)).sort((a, b) => a.start - b.start);
  const parts: Part[] = [];
  let done = 0;
  for (const hit of hits) {
    const start = Math.max(done, at[hit.start] ?? 0);
    const end = at[hit.end] ?? text.length;
    if (end <= start) continue;
    if (start > done) parts.push({ text: text.slice(done, start), found: false });
    parts.push({ text: text.slice(start, end), found: true });
    done = end;
  }
  if (done < text.length) parts.push({ text: text.slice(done), found: false });
  return parts;
}

/**
 * Characters: from where on what is before the first word found is left out, what of it stays, and
 * of the whole: in three lines of a phone the word must be seen.
 */
const FAR = 44;
const BEFORE = 24;
const MOST = 320;

/**
 * What was found in a message: in its plain words; as it was written where it stands only there, in
 * the address of a link or the name of a language.
 */
export function excerptOf(plain: string, written: string, terms: Term[]): Part[] {
  const parts = excerpt(plain, terms);
  if (parts.some(({ found }) => found)) return parts;
  const others = excerpt(written, terms);
  return others.some(({ found }) => found) ? others : parts;
}

/** The part of a text around what was found first, in one line, marked. */
export function excerpt(text: string, terms: Term[]): Part[] {
  const flat = spaced(text);
  const parts = marked(flat, terms);
  const before = parts[0]?.found || parts.length < 2 ? 0 : (parts[0]?.text.length ?? 0);
  const from = before > FAR ? beginningOfWord(flat, before - BEFORE) : 0;
  const shown = marked(flat.slice(from, from + MOST), terms);
  const gap = { text: "…", found: false };
  return [...(from > 0 ? [gap] : []), ...shown, ...(from + MOST < flat.length ? [gap] : [])];
}

interface Hit {
  start: number;
  end: number;
}

function hitsOf(folded: string, { text, kind }: Term): Hit[] {
  const hits: Hit[] = [];
  for (let at = folded.indexOf(text); at >= 0; at = folded.indexOf(text, at + text.length)) {
    const end = at + text.length;
    const begins = kind === "inside" || !LETTER.test(lastOf(folded.slice(Math.max(0, at - 2), at)));
    const ends = kind !== "word" || !LETTER.test(folded.slice(end, end + 2));
    if (begins && ends) hits.push({ start: at, end });
  }
  return hits;
}

function lastOf(text: string): string {
  return [...text].at(-1) ?? "";
}

/** Without regard to case and to the form of characters, as the server folds. */
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/** A folded text, and for each of its units where it stands in the text as it was written. */
function folding(text: string): { folded: string; at: number[] } {
  let folded = "";
  const at: number[] = [];
  for (const { 0: cluster, index } of text.matchAll(/\P{M}\p{M}*|\p{M}+/gsu)) {
    const unit = fold(cluster);
    for (let n = 0; n < unit.length; n += 1) at.push(index);
    folded += unit;
  }
  at.push(text.length);
  return { folded, at };
}

function spaced(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}

/** Not in the middle of a word, where one begins nearby. */
function beginningOfWord(text: string, from: number): number {
  const space = text.indexOf(" ", from);
  return space >= 0 && space - from < 20 ? space + 1 : from;
}
