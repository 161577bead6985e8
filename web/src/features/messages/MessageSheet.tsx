import { SmilePlus } from "lucide-react";
import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { saidIn } from "@/hooks/files";
import { useEmojiWords } from "@/hooks/words";
import type { Message } from "@/sync/wire";
import { Dialog } from "@/ui/Dialog";
import { EmojiPicker } from "@/ui/emoji/EmojiPopover";
import { useEntries } from "./entries";
import styles from "./MessageSheet.module.css";
import { mayWrite } from "./rights";
import { QUICK, useTools } from "./tools";

interface MessageSheetProps {
  open: boolean;
  message: Message;
  onClose: () => void;
}

/** What a long press brings up: reactions in a row, below them everything else. */
export function MessageSheet({ open, message, onClose }: MessageSheetProps) {
  const { t } = useTranslation();
  const leaves = useRef(false);
  const close = (left = false) => {
    leaves.current = left;
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      finalFocus={() => !leaves.current}
      title={message.sender.display_name}
      description={saidIn(t, message).slice(0, 120)}
      closeLabel={t("app.close")}
    >
      <Choices message={message} onClose={close} />
    </Dialog>
  );
}

interface ChoicesProps {
  message: Message;
  onClose: (leaves?: boolean) => void;
}

function Choices({ message, onClose }: ChoicesProps) {
  const { t, i18n } = useTranslation();
  const words = useEmojiWords();
  const [picking, setPicking] = useState(false);
  const { conversation, react } = useTools();
  const entries = useEntries(message);
  const pick = (emoji: string) => {
    const isMine = message.reactions.some((one) => one.emoji === emoji && one.me);
    onClose();
    react(message, emoji, !isMine);
  };
  if (picking) {
    return (
      <div className={styles.picker}>
        <Suspense fallback={null}>
          <EmojiPicker words={words} language={i18n.language} onPick={pick} />
        </Suspense>
      </div>
    );
  }
  return (
    <>
      {mayWrite(message, conversation) && (
        <div className={styles.quick}>
          {QUICK.map((emoji) => (
            <button
              key={emoji}
              type="button"
              aria-label={t("messages.reactWith", { emoji })}
              onClick={() => pick(emoji)}
            >
              {emoji}
            </button>
          ))}
          <button type="button" aria-label={t("messages.react")} onClick={() => setPicking(true)}>
            <SmilePlus size={22} aria-hidden="true" />
          </button>
        </div>
      )}
      <ul className={styles.entries}>
        {entries.map(({ label, icon, danger, leaves, onSelect }) => (
          <li key={label}>
            <button
              type="button"
              className={styles.entry}
              data-danger={danger || undefined}
              onClick={() => {
                onClose(leaves);
                onSelect();
              }}
            >
              {icon}
              {label}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
