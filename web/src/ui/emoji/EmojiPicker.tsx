import { Search } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from "react";
import styles from "./EmojiPicker.module.css";
import { type Emoji, emojiGroups, found, recentEmoji, rememberEmoji } from "./find";

export interface EmojiWords {
  title: string;
  search: string;
  none: string;
  recent: string;
  /** In the order of the data: faces, people, nature, food, travel, activities, things, signs, flags. */
  groups: string[];
}

interface EmojiPickerProps {
  words: EmojiWords;
  language: string;
  onPick: (emoji: string) => void;
}

const COLUMNS = 8;

/** All emoji, those used last first; by search, mouse, touch or arrow keys. */
export default function EmojiPicker({ words, language, onPick }: EmojiPickerProps) {
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query.trim());
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const all = useMemo(() => emojiGroups(language), [language]);
  const sections = useMemo(
    () => (wanted ? [{ name: words.search, items: found(all, wanted) }] : browsed(all, words)),
    [all, wanted, words],
  );
  const pick = (emoji: string) => {
    rememberEmoji(emoji);
    onPick(emoji);
  };
  const buttons = () => [...(grid.current?.querySelectorAll<HTMLButtonElement>("button") ?? [])];
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    // What is on the screen may still be the answer to an earlier word.
    const best = event.key === "Enter" && query.trim() ? found(all, query.trim())[0] : undefined;
    if (event.key === "ArrowDown") buttons()[0]?.focus();
    else if (best) pick(best.emoji);
    else if (event.key !== "Enter") return;
    event.preventDefault();
  };
  const onGridKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const list = buttons();
    const at = list.indexOf(document.activeElement as HTMLButtonElement);
    const next = at + step;
    if (next < 0) field.current?.focus();
    else list[Math.min(next, list.length - 1)]?.focus();
  };
  const first = sections[0]?.items[0];
  return (
    <div className={styles.picker}>
      <label className={styles.search}>
        <Search size={16} aria-hidden="true" />
        <input
          ref={field}
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onSearchKey}
        />
      </label>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only passes arrow keys between buttons */}
      <div ref={grid} className={styles.scroller} onKeyDown={onGridKey}>
        {sections.map(({ name, items }) => (
          <section key={name} className={styles.group} aria-label={name}>
            <h3>{name}</h3>
            <div className={styles.grid}>
              {items.map((item) => (
                <button
                  key={item.emoji}
                  type="button"
                  className={styles.emoji}
                  tabIndex={item === first ? 0 : -1}
                  aria-label={item.name}
                  title={item.name}
                  onClick={() => pick(item.emoji)}
                >
                  {item.emoji}
                </button>
              ))}
            </div>
          </section>
        ))}
        {wanted && !first && <p className={styles.none}>{words.none}</p>}
      </div>
    </div>
  );
}

const STEPS: Record<string, number> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: COLUMNS,
  ArrowUp: -COLUMNS,
};

function browsed(all: Emoji[][], words: EmojiWords): { name: string; items: Emoji[] }[] {
  const byEmoji = new Map(all.flat().map((item) => [item.emoji, item]));
  const recent = recentEmoji().flatMap((emoji) => byEmoji.get(emoji) ?? []);
  const groups = all.map((items, index) => ({ name: words.groups[index] ?? "", items }));
  return recent.length > 0 ? [{ name: words.recent, items: recent }, ...groups] : groups;
}
