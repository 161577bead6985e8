import { Ellipsis, Pencil, Reply, SmilePlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEmojiWords } from "@/hooks/words";
import type { Message } from "@/sync/wire";
import { IconButton } from "@/ui/Button";
import { EmojiPopover } from "@/ui/emoji/EmojiPopover";
import { Menu } from "@/ui/Menu";
import { useEntries } from "./entries";
import { useRights } from "./rights";
import styles from "./Toolbar.module.css";
import { QUICK, useTools } from "./tools";

interface ToolbarProps {
  message: Message;
  /** While something of it is open it must stay. */
  onHold: (held: boolean) => void;
}

/** Above the message under the pointer or the focus: the frequent things at once, all in the menu. */
export function Toolbar({ message, onHold }: ToolbarProps) {
  const { t, i18n } = useTranslation();
  const words = useEmojiWords();
  const { conversation, react, reply, edit } = useTools();
  const entries = useEntries(message);
  const rights = useRights(message, conversation);
  const isMine = (emoji: string) =>
    message.reactions.some((reaction) => reaction.emoji === emoji && reaction.me);
  return (
    <div className={styles.place}>
      <div className={styles.bar} role="toolbar" aria-label={t("messages.actions")}>
        {rights.write &&
          QUICK.slice(0, 3).map((emoji) => (
            <button
              key={emoji}
              type="button"
              className={styles.quick}
              aria-label={t("messages.reactWith", { emoji })}
              aria-pressed={isMine(emoji)}
              onClick={() => react(message, emoji, !isMine(emoji))}
            >
              {emoji}
            </button>
          ))}
        {rights.write && (
          <EmojiPopover
            words={words}
            language={i18n.language}
            onOpenChange={onHold}
            onPick={(emoji) => react(message, emoji, true)}
            trigger={
              <IconButton className={styles.tool ?? ""} label={t("messages.react")}>
                <SmilePlus size={17} aria-hidden="true" />
              </IconButton>
            }
          />
        )}
        {rights.write && (
          <IconButton
            className={styles.tool ?? ""}
            label={t("messages.reply")}
            onClick={() => reply(message)}
          >
            <Reply size={17} aria-hidden="true" />
          </IconButton>
        )}
        {rights.edit && (
          <IconButton
            className={styles.tool ?? ""}
            label={t("messages.edit")}
            onClick={() => edit(message)}
          >
            <Pencil size={16} aria-hidden="true" />
          </IconButton>
        )}
        <Menu
          onOpenChange={onHold}
          trigger={
            <IconButton className={styles.tool ?? ""} label={t("messages.more")} data-menu>
              <Ellipsis size={17} aria-hidden="true" />
            </IconButton>
          }
          entries={entries}
        />
      </div>
    </div>
  );
}
