/** Finding emoji, and remembering which were used last in this browser. */
import groups from "virtual:emoji";
import { store, stored } from "@/storage";

export interface Emoji {
  emoji: string;
  /** In the reader's language. */
  name: string;
  words: string;
}

const KEY = "trialogue.emoji";
const REMEMBERED = 16;

export function emojiGroups(language: string): Emoji[][] {
  return groups.map((group) =>
    group.map(([emoji, english, chinese, words]) => ({
      emoji,
      name: language.startsWith("zh") ? chinese : english,
      words: `${english} ${chinese} ${words}`.toLowerCase(),
    })),
  );
}

/** What has all words of the query; what is named so comes before what is only related. */
export function found(all: Emoji[][], query: string): Emoji[] {
  const wanted = query.toLowerCase().split(/\s+/u).filter(Boolean);
  const rank = ({ name }: Emoji) => (name.toLowerCase().startsWith(wanted[0] ?? "") ? 0 : 1);
  return all
    .flat()
    .filter(({ words }) => wanted.every((word) => words.includes(word)))
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => rank(a.entry) - rank(b.entry) || a.index - b.index)
    .map(({ entry }) => entry);
}

export function recentEmoji(): string[] {
  return (stored(KEY) ?? "").split(" ").filter(Boolean);
}

export function rememberEmoji(emoji: string): void {
  const others = recentEmoji().filter((known) => known !== emoji);
  store(KEY, [emoji, ...others].slice(0, REMEMBERED).join(" "));
}
