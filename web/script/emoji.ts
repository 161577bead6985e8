/**
 * The emoji for the picker, as a module of the build: group by group, each with its names and
 * search words in English and Chinese. Only what the picker needs of the package's data.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const NAME = "virtual:emoji";
/** Group 2 of Unicode holds parts, such as skin tones, that are no emoji by themselves. */
const PARTS = 2;

interface Entry {
  unicode: string;
  label: string;
  group?: number;
  order?: number;
  tags?: string[];
}

export function emoji(): Plugin {
  return {
    name: "emoji",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(groups())};` : undefined),
  };
}

/** `[emoji, English name, search words]`, by group. */
function groups(): [string, string, string, string][][] {
  const chinese = new Map(read("zh").map((entry) => [entry.unicode, entry]));
  const found: [string, string, string, string][][] = [];
  for (const entry of read("en").sort((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
    if (entry.group === undefined || entry.group === PARTS) continue;
    const other = chinese.get(entry.unicode);
    const words = [...(entry.tags ?? []), ...(other?.tags ?? [])].join(" ");
    const group = entry.group > PARTS ? entry.group - 1 : entry.group;
    found[group] ??= [];
    found[group].push([qualified(entry.unicode), entry.label, other?.label ?? entry.label, words]);
  }
  return found;
}

/** Without the selector where a character is an emoji by itself (UTS #51, ED-18). */
function qualified(emoji: string): string {
  return emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");
}

function read(language: string): Entry[] {
  const require = createRequire(import.meta.url);
  return JSON.parse(
    readFileSync(require.resolve(`emojibase-data/${language}/compact.json`), "utf8"),
  );
}
