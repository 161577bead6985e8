import { ArrowUp, Check, Smile } from "lucide-react";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  useId,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import { saidIn } from "@/hooks/files";
import { useWish } from "@/hooks/task";
import { useEmojiWords, useErrorText } from "@/hooks/words";
import type { NewFile } from "@/sync/client";
import type { Message } from "@/sync/wire";
import { IconButton } from "@/ui/Button";
import { EmojiPopover } from "@/ui/emoji/EmojiPopover";
import { Notice } from "@/ui/Notice";
import { About } from "./About";
import { AttachButton } from "./AttachButton";
import { attach, pastedFiles, takeAll, trayKey, useTray } from "./attached";
import styles from "./Composer.module.css";
import { draftOf, keepDraft } from "./drafts";
import { Foot } from "./Foot";
import { put, useFocus } from "./focus";
import { leftOf } from "./length";
import { MentionList } from "./MentionList";
import type { Candidate } from "./mentions";
import { StopButton } from "./StopButton";
import { TrayView } from "./TrayView";
import { useMentions } from "./useMentions";

interface ComposerProps {
  conversationId: string;
  userId: string;
  /** The name of the room or person, for the placeholder. */
  to: string;
  /** What is answered or edited; an edit is another composer (by its key). */
  about: { kind: "reply" | "edit"; message: Message; again?: boolean } | null;
  /** Who can be named. */
  people: Candidate[];
  /** Below, while there is nothing to count. */
  status: ReactNode;
  onSend: (text: string, files: NewFile[]) => void;
  /** An edited message; throws where it is refused. */
  onSave: (text: string) => Promise<void>;
  onTyping: (typing: boolean) => void;
  onCancel: () => void;
  onEditLast: () => void;
  /** Stops the answer that is being written; nothing: none is. */
  onStop?: (() => void) | undefined;
}

/** Where one writes. Enter sends, Shift+Enter starts a line; never in the middle of an IME word. */
export function Composer(props: ComposerProps) {
  const { conversationId, userId, to, about, people, status } = props;
  const { onSend, onSave, onCancel, onEditLast } = props;
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const emojiWords = useEmojiWords();
  const listId = useId();
  const editing = about?.kind === "edit" ? about.message : null;
  const [text, setText] = useState(() => editing?.content ?? draftOf(userId, conversationId));
  const field = useRef<HTMLTextAreaElement>(null);
  const limits = useWorld((world) => world.limits);
  const left = leftOf(text, limits.message_length);
  const trayId = trayKey(userId, conversationId);
  const tray = useTray(trayId);
  const files = editing ? editing.attachments : tray.files;
  const sendable = (text.trim() !== "" || files.length > 0) && left >= 0;
  const change = (next: string) => {
    setText(next);
    if (editing) return;
    keepDraft(userId, conversationId, next);
    props.onTyping(next.trim() !== "");
  };
  const replace = (next: string, caret: number) => put(field.current, () => change(next), caret);
  const mentions = useMentions({ text, people, onChange: replace });
  useFocus(field, about?.message.id);
  const saving = useWish(onSave);
  const send = () => {
    if (editing && text.trim() === editing.content) return onCancel();
    if (!sendable) return;
    if (editing) return void saving.run(text.trim());
    onSend(text.trim(), takeAll(trayId));
    change("");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Choosing a Chinese word ends with Enter too; Safari tells only by key code 229.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (mentions.onKey(event)) return;
    if (event.key === "Escape" && about) onCancel();
    else if (event.key === "Escape" && props.onStop) props.onStop();
    else if (event.key === "ArrowUp" && text === "" && !about) onEditLast();
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey) send();
    else return;
    event.preventDefault();
  };
  const insert = (emoji: string) => {
    const { selectionStart: from = 0, selectionEnd: to = 0 } = field.current ?? {};
    replace(text.slice(0, from) + emoji + text.slice(to), from + emoji.length);
  };
  const add = (chosen: File[]) => {
    attach(trayId, chosen, limits.upload_bytes);
    field.current?.focus();
  };
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const pasted = pastedFiles(event.clipboardData);
    if (editing || pasted.length === 0) return;
    event.preventDefault();
    add(pasted);
  };
  const isListed = mentions.offered.length > 0;
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {saving.error !== undefined && (
        <div className={styles.error}>
          <Notice>{textOf(saving.error)}</Notice>
        </div>
      )}
      <div className={styles.place}>
        {isListed && (
          <MentionList
            id={listId}
            people={mentions.offered}
            chosen={mentions.chosen}
            onPick={mentions.pick}
          />
        )}
        {!editing && (
          <TrayView trayId={trayId} tray={tray} onRemoved={() => field.current?.focus()} />
        )}
        {about && (
          <About
            kind={about.kind}
            title={
              editing
                ? t(about.again ? "replies.editing" : "composer.editing")
                : t("composer.replying", { name: about.message.sender.display_name })
            }
            text={
              editing
                ? t(about.again ? "replies.editHint" : "composer.editHint")
                : saidIn(t, about.message).slice(0, 200)
            }
            onCancel={onCancel}
          />
        )}
        <div className={styles.box}>
          {!editing && <AttachButton onFiles={add} />}
          <textarea
            ref={field}
            className={styles.text}
            rows={1}
            dir="auto"
            aria-label={t("composer.label")}
            aria-describedby="composer-count"
            aria-invalid={left < 0 || undefined}
            aria-autocomplete="list"
            aria-controls={isListed ? listId : undefined}
            aria-activedescendant={isListed ? `${listId}-${mentions.chosen}` : undefined}
            placeholder={t("composer.placeholder", { name: to })}
            enterKeyHint="send"
            value={text}
            onChange={(event) => change(event.target.value)}
            onSelect={(event) => mentions.moved(event.currentTarget.selectionStart)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onBlur={() => props.onTyping(false)}
          />
          <EmojiPopover
            words={emojiWords}
            language={i18n.language}
            onPick={insert}
            trigger={
              <IconButton label={t("composer.emoji")} className={styles.emoji ?? ""}>
                <Smile size={20} aria-hidden="true" />
              </IconButton>
            }
          />
          {props.onStop && !sendable && !editing ? (
            <StopButton onStop={props.onStop} />
          ) : (
            <IconButton
              type="submit"
              look="primary"
              label={t(editing ? "composer.save" : "composer.send")}
              disabled={!sendable || saving.busy}
              className={styles.send ?? ""}
            >
              {editing ? (
                <Check size={20} aria-hidden="true" />
              ) : (
                <ArrowUp size={20} aria-hidden="true" />
              )}
            </IconButton>
          )}
        </div>
      </div>
      <Foot left={left} status={status} />
    </form>
  );
}
