/**
 * Markdown as plain words, for where there is no room for more: previews, quotes, what is found,
 * what is read out. Without the renderer, which is a chunk of its own. What is code stays as it
 * was written. Pure.
 */

const MARKS =
  /[*_`~[\]|\\$]|&#?\w+;|^ {0,3}(?:#{1,6} |>|[-+] |\d+[.)] |={3,}|-{3,})|^(?: {4}|\t)/imu;

/** Whether a text has no Markdown in it: most of what people write, shown without the renderer. */
export function looksPlain(text: string): boolean {
  return !MARKS.test(text);
}

/** Nobody shows more of it; on long runs of spaces or marks the patterns below take their time. */
const MOST = 4_000; // characters

/** What one reads where the text is rendered; the text itself where that is nothing. */
export function plainText(whole: string): string {
  if (looksPlain(whole)) return whole;
  const text = whole.slice(0, MOST);
  const { parts, labels } = partsOf(text);
  const plain = parts.map((part) => (part.isCode ? part.text : wordsOf(part.text, labels)));
  return plain.join("\n").trim() || text;
}

// Lines ----------------------------------------------------------------------------------------

/** Code, or what belongs together: a paragraph, an item, a heading, a row. */
interface Part {
  text: string;
  isCode: boolean;
}

const FENCE = /^ {0,3}(?:> ?|[-*+] +|\d+[.)] +)*\s*(`{3,}|~{3,}|\$\$)(.*)$/u;
const DELIMITERS = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/u;
const RULE = /^ {0,3}(?:([-*_])(?:[ \t]*\1){2,}|=+)[ \t]*$/u;
const DEFINITION = /^ {0,3}\[([^\]]+)\]:[ \t]*\S+(?:[ \t]+["'(].*)?$/u;
const QUOTED = /^(?: {0,3}> ?)+/u;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/u;
const BULLET = /^[ \t]*[-*+][ \t]+(?:\[([ xX])\][ \t]+)?/u;
const NUMBER = /^[ \t]*\d+[.)][ \t]/u;

function partsOf(text: string): { parts: Part[]; labels: ReadonlySet<string> } {
  const parts: Part[] = [];
  const labels = new Set<string>();
  let fence: string | null = null;
  let fresh = true;
  let inTable = false;
  for (const line of text.split("\n")) {
    const [, mark, rest = ""] = FENCE.exec(line) ?? [];
    if (fence !== null) {
      if (mark?.startsWith(fence) && rest.trim() === "") fence = null;
      else parts.push({ text: line, isCode: true });
      fresh = true;
      continue;
    }
    // What is closed on its own line opens nothing.
    if (mark && (mark.startsWith("~") || !rest.includes(mark.charAt(0)))) {
      fence = mark;
      continue;
    }
    const before = fresh ? undefined : parts.at(-1);
    if (before && isDelimiters(line) && before.text.includes("|")) {
      before.text = cellsOf(before.text);
      inTable = true;
      continue;
    }
    inTable &&= line.includes("|");
    const label = before ? undefined : DEFINITION.exec(line)?.[1];
    if (label) labels.add(fold(label));
    if (label || RULE.test(line) || line.trim() === "") {
      fresh = true;
      continue;
    }
    const shown = inTable ? cellsOf(line) : withoutMarks(line);
    if (before && !inTable && shown === line) before.text += `\n${line}`;
    else parts.push({ text: shown, isCode: false });
    fresh = false;
  }
  return { parts, labels };
}

function isDelimiters(line: string): boolean {
  return line.includes("-") && line.includes("|") && DELIMITERS.test(line);
}

function cellsOf(row: string): string {
  const bare = row.trim().replace(/^\||(?<!\\)\|$/gu, "");
  const cells = bare.split(/(?<!\\)\|/u).map((cell) => cell.trim());
  return cells.filter(Boolean).join(" · ");
}

/** A line without what it begins with; an item keeps its point, its box or its number. */
function withoutMarks(line: string): string {
  const own = line.replace(QUOTED, "");
  const heading = HEADING.exec(own);
  if (heading) return heading[1] ?? "";
  if (NUMBER.test(own)) return own.trimStart();
  return own.replace(BULLET, (_, box: string | undefined) => {
    if (!box) return "• ";
    return box === " " ? "☐ " : "✓ ";
  });
}

// Within a line --------------------------------------------------------------------------------

/** Bounded, so that many marks without an end cost no more than a few. */
const CODE =
  /(?<!`)(`+)(?!`)([\s\S]{0,1000}?[^`])\1(?!`)|\\\(([\s\S]{1,1000}?)\\\)|\\\[([\s\S]{1,1000}?)\\\]|\\([!-/:-@[-`{-~\n])/gu;
const MATH =
  /\$\$([^$]{1,1000})\$\$|(?<![\p{L}\p{N}$])\$(?![\s$])([^$\n]{1,300})(?<!\s)\$(?![\p{L}\p{N}$])/gu;
const PRICE = /^[\d.,]+\s/u;
const LINK =
  /!?\[((?:[^[\]]|\[[^[\]]*\])*)\]\(<?((?:[^()\s]|\([^()\s]*\))*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\)/gu;
const REFERENCE = /!?\[([^[\]]+)\](?:\[([^[\]]*)\])?/gu;
const ADDRESS =
  /<((?:https?:\/\/|mailto:)[^\s<>]+)>|https?:\/\/[^\s<>]+?(?=[*_~]*(?:[\s<>)\]]|$))/giu;
const NAMED = /(?<![\p{L}\p{N}_])[@＠][\p{L}\p{M}\p{N}_.-]+/gu;
const ENTITY = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,6})|#x([\da-f]{1,5}));/giu;
const EMPHASIS = [
  /(\*{1,3})(?![\s*])([\s\S]{1,600}?)(?<![\s*])\1(?!\*)/gu,
  /(?<![\p{L}\p{N}_])(_{1,3})(?![\s_])([\s\S]{1,600}?)(?<![\s_])\1(?![\p{L}\p{N}_])/gu,
  /(~~)(?![\s~])([\s\S]{1,600}?)(?<![\s~])~~/gu,
];

function wordsOf(text: string, labels: ReadonlySet<string>): string {
  // What must stay as it is waits outside, a place in the text stands for it.
  const held: string[] = [];
  const hold = (what: string) => `\uE000${held.push(what) - 1}\uE001`;
  let words = text
    .replace(/[\uE000\uE001]/gu, hold) // first of all, so that a place leads to earlier ones only
    .replace(CODE, (all, _, code?: string, tex?: string, display?: string, escaped?: string) =>
      hold(code ?? (tex ?? display)?.trim() ?? escaped ?? all),
    )
    .replace(MATH, (all, block?: string, inline?: string) =>
      PRICE.test(inline ?? "") ? all : hold((block ?? inline ?? "").trim()),
    );
  // Twice: a picture may be a link.
  for (let depth = 0; depth < 2; depth += 1) {
    words = words.replace(LINK, (_, label: string, url: string) => label || hold(url));
  }
  if (labels.size > 0) {
    words = words.replace(REFERENCE, (all, label: string, other?: string) =>
      labels.has(fold(other || label)) ? label : all,
    );
  }
  words = words
    .replace(ADDRESS, (all, inside?: string) => hold(inside ?? all))
    .replace(NAMED, hold)
    .replace(ENTITY, (all, name?: string, decimal?: string, hex?: string) =>
      hold(characterOf(name, decimal, hex) ?? all),
    );
  return putBack(withoutEmphasis(words), held);
}

/** From the outside in: emphasis within emphasis. */
function withoutEmphasis(text: string): string {
  let words = text;
  for (let depth = 0; depth < 3; depth += 1) {
    for (const mark of EMPHASIS) words = words.replace(mark, "$2");
  }
  return words;
}

function putBack(text: string, held: string[]): string {
  return text.replace(/\uE000(\d+)\uE001/gu, (_, at: string) =>
    putBack(held[Number(at)] ?? "", held),
  );
}

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

function characterOf(name?: string, decimal?: string, hex?: string): string | undefined {
  if (name) return ENTITIES[name.toLowerCase()];
  return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16));
}

/** As labels of links are compared. */
function fold(label: string): string {
  return label.trim().replace(/\s+/gu, " ").toLowerCase();
}
