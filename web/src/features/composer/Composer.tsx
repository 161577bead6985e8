import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/Button";
import styles from "./Composer.module.css";
import { draftOf, keepDraft } from "./drafts";

/** The contract's limit for a message, in characters (Unicode code points). */
const LIMIT = 20_000;
const COUNT_FROM = LIMIT - 500;

interface ComposerProps {
  conversationId: string;
  userId: string;
  /** The name of the room or person, for the placeholder. */
  to: string;
  onSend: (text: string) => void;
}

/** Where one writes. Enter sends, Shift+Enter starts a line; never in the middle of an IME word. */
export function Composer({ conversationId, userId, to, onSend }: ComposerProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => draftOf(userId, conversationId));
  const field = useRef<HTMLTextAreaElement>(null);
  const left = LIMIT - lengthOf(text);
  const sendable = text.trim() !== "" && left >= 0;
  useFocusOnArrival(field);
  const change = (next: string) => {
    setText(next);
    keepDraft(userId, conversationId, next);
  };
  const send = () => {
    if (!sendable) return;
    onSend(text.trim());
    change("");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    // Choosing a Chinese word ends with Enter too; Safari tells only by key code 229.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={styles.box}>
        <textarea
          ref={field}
          className={styles.text}
          rows={1}
          dir="auto"
          aria-label={t("composer.label")}
          aria-describedby="composer-count"
          aria-invalid={left < 0 || undefined}
          placeholder={t("composer.placeholder", { name: to })}
          enterKeyHint="send"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <IconButton
          type="submit"
          look="primary"
          label={t("composer.send")}
          disabled={!sendable}
          className={styles.send ?? ""}
        >
          <ArrowUp size={20} aria-hidden="true" />
        </IconButton>
      </div>
      <p
        id="composer-count"
        className={styles.hint}
        data-over={left < 0 || undefined}
        aria-live={left < 500 ? "polite" : "off"}
      >
        {left < 0
          ? t("composer.over", { count: -left })
          : left < LIMIT - COUNT_FROM
            ? t("composer.left", { count: left })
            : t("composer.hint")}
      </p>
    </form>
  );
}

/** With a mouse one wants to write at once; on a phone the keyboard would cover what one reads. */
function useFocusOnArrival(field: React.RefObject<HTMLTextAreaElement | null>) {
  useEffect(() => {
    if (window.matchMedia("(hover: hover)").matches) field.current?.focus();
  }, [field]);
}

function lengthOf(text: string): number {
  return text.length <= COUNT_FROM ? text.length : [...text].length;
}
