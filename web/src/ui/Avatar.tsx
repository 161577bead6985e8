import { useState } from "react";
import styles from "./Avatar.module.css";

interface AvatarProps {
  name: string;
  /** The same key always gives the same colour. */
  hueKey: string;
  image?: string | null | undefined;
  size?: "s" | "m" | "l";
  shape?: "round" | "square";
  /** Undefined: no dot at all. */
  online?: boolean | undefined;
  onlineLabel?: string;
}

/** A picture, or where there is none, or it does not come, initials on a stable colour. Decoration: the name always stands beside it. */
export function Avatar({
  name,
  hueKey,
  image,
  size = "m",
  shape = "round",
  online,
  onlineLabel,
}: AvatarProps) {
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <span className={styles.avatar} data-size={size} data-shape={shape}>
      {image && image !== failed ? (
        <img
          src={image}
          alt=""
          className={styles.face}
          draggable={false}
          onError={() => setFailed(image)}
        />
      ) : (
        <span className={styles.face} data-hue={hueOf(hueKey)} data-initials={initialsOf(name)} />
      )}
      {online && <span className={styles.dot} role="img" aria-label={onlineLabel} />}
    </span>
  );
}

const HUES = 10;

function hueOf(key: string): number {
  // FNV-1a: ids made in the same moment differ only in their last characters.
  let hash = 0x811c9dc5;
  for (const char of key) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 8) % HUES;
}

/** One character for scripts whose characters are words; else the first letters of two words. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s_.-]+/u)
    .filter(Boolean);
  const first = [...(words[0] ?? "?")];
  const isWide = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;
  if (isWide.test(first[0] ?? ""))
    return (first.length > 2 ? first.slice(-2) : first.slice(0, 2)).join("");
  const second = words.length > 1 ? [...(words.at(-1) ?? "")][0] : undefined;
  return `${first[0] ?? ""}${second ?? ""}`.toLocaleUpperCase();
}
