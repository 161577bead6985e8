import { SmilePlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEmojiWords } from "@/hooks/words";
import { wished } from "@/sync/reactions";
import type { Message } from "@/sync/wire";
import { EmojiPopover } from "@/ui/emoji/EmojiPopover";
import styles from "./Reactions.module.css";
import { mayWrite } from "./rights";
import { useTools } from "./tools";

/** Chips below a message: what others felt, each a way to agree. */
export function Reactions({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const words = useEmojiWords();
  const { conversation, react } = useTools();
  const shown = wished(message, conversation.wishes);
  if (shown.length === 0) return null;
  const write = mayWrite(message, conversation);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className={styles.reactions} role="group" aria-label={t("messages.reactions")}>
      {shown.map(({ emoji, count, me }) => (
        <button
          key={emoji}
          type="button"
          className={styles.chip}
          aria-pressed={me}
          aria-label={t("messages.reactionCount", { emoji, count })}
          disabled={!write}
          onClick={() => react(message, emoji, !me)}
        >
          <span aria-hidden="true">{emoji}</span>
          <span aria-hidden="true" className={styles.count}>
            {count}
          </span>
        </button>
      ))}
      {write && (
        <EmojiPopover
          words={words}
          language={i18n.language}
          onPick={(emoji) => react(message, emoji, true)}
          trigger={
            <button type="button" className={styles.more} aria-label={t("messages.react")}>
              <SmilePlus size={16} aria-hidden="true" />
            </button>
          }
        />
      )}
    </div>
  );
}
