/**
 * Markdown cut into its outermost blocks. Growing text is read again only from the last blocks
 * on; those before them stay the very objects they were, so that nothing of them is drawn anew.
 */
import type { Definition, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmAutolinkLiteralFromMarkdown } from "mdast-util-gfm-autolink-literal";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTaskListItemFromMarkdown } from "mdast-util-gfm-task-list-item";
import { mathFromMarkdown } from "mdast-util-math";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { gfmTable } from "micromark-extension-gfm-table";
import { gfmTaskListItem } from "micromark-extension-gfm-task-list-item";
import { math } from "micromark-extension-math";
import { mended } from "./mend";

export interface Block {
  node: RootContent;
  /** Where the line begins in which it begins. */
  start: number;
  /** What it was read from. */
  source: string;
}

export interface Reading {
  text: string;
  blocks: Block[];
}

export const NOTHING: Reading = { text: "", blocks: [] };

/** The last block may still become something else, and the one before it may go on in it. */
const UNSETTLED = 2;

/** Characters up to which what is unsettled is read again with each that comes; beyond them only
 * when it has grown by a fiftieth, as one table of 200 000 takes seconds to read and to draw. */
const LIGHT = 20_000;
const STEP = 1 / 50;

const OPTIONS = {
  extensions: [
    gfmAutolinkLiteral(),
    gfmTable(),
    gfmStrikethrough({ singleTilde: false }),
    gfmTaskListItem(),
    math(),
  ],
  mdastExtensions: [
    // Its transforms would look for mail addresses in every word.
    { ...gfmAutolinkLiteralFromMarkdown(), transforms: [] },
    gfmTableFromMarkdown(),
    gfmStrikethroughFromMarkdown(),
    gfmTaskListItemFromMarkdown(),
    mathFromMarkdown(),
  ],
};

/** A text that is complete. */
export function read(text: string): Reading {
  return { text, blocks: blocksOf(text, 0) };
}

/** A text that grows: what is unfinished at its end is shown as if it were closed. */
export function grow(before: Reading, text: string): Reading {
  if (text === before.text) return before;
  const goesOn = before.text !== "" && text.startsWith(before.text);
  const settled = goesOn ? before.blocks.slice(0, -UNSETTLED) : [];
  const from = goesOn ? (before.blocks[settled.length]?.start ?? 0) : 0;
  const unread = text.length - before.text.length;
  if (goesOn && text.length - from > LIGHT && unread < (text.length - from) * STEP) return before;
  const definitions = settled.filter(({ node }) => node.type === "definition");
  const known = definitions.map(({ source }) => `${source}\n`).join("");
  const tail = blocksOf(known + mended(text.slice(from)), from - known.length);
  return { text, blocks: [...settled, ...tail.filter(({ start }) => start >= from)] };
}

function blocksOf(text: string, shift: number): Block[] {
  const source = withDollars(text);
  return fromMarkdown(source, OPTIONS).children.map((node) => {
    const [begin, end] = [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0];
    const start = source.lastIndexOf("\n", begin - 1) + 1;
    return { node, start: start + shift, source: source.slice(start, end) };
  });
}

/** What code and math begin and end with; a fence stands at the beginning of a line. */
const MARK = /(?<=^|\n)[ \t]*(`{3,}|~{3,})|`+|\\[()[\]]/gu;

/** Many models write math as `\(…\)` and `\[…\]`. Of the same length, so that places stay. */
export function withDollars(text: string): string {
  if (!text.includes("\\(") && !text.includes("\\[")) return text;
  const found = [...text.matchAll(MARK)];
  const marks = found.map(({ 0: whole }) => whole.trimStart());
  const last = new Map(marks.map((mark, at) => [mark, at]));
  let shown = "";
  let done = 0;
  for (let at = 0; at < marks.length; at += 1) {
    const [mark = "", fence] = [marks[at], found[at]?.[1]];
    const closer = mark.replace("(", ")").replace("[", "]");
    const isMath = mark !== closer;
    if (fence) {
      do at += 1;
      while (at < marks.length && !found[at]?.[1]?.startsWith(fence));
    } else if ((isMath || mark.startsWith("`")) && (last.get(closer) ?? 0) > at) {
      const end = marks.indexOf(closer, at + 1);
      const [from, to] = [(found[at]?.index ?? 0) + 2, found[end]?.index ?? 0];
      if (isMath && from === to) continue;
      if (isMath) {
        shown += `${text.slice(done, from - 2)}$$${text.slice(from, to)}$$`;
        done = to + 2;
      }
      at = end;
    }
  }
  return shown + text.slice(done);
}

/** Addresses by label, for links that name theirs elsewhere. */
export function definitionsOf(blocks: Block[]): ReadonlyMap<string, Definition> {
  const found = new Map<string, Definition>();
  for (const { node } of blocks) {
    if (node.type === "definition" && !found.has(node.identifier)) found.set(node.identifier, node);
  }
  return found;
}
