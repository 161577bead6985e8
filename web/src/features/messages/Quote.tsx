import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { saidIn } from "@/hooks/files";
import type { ConversationState } from "@/sync/state";
import type { Message } from "@/sync/wire";
import styles from "./Quote.module.css";

/** The quoted message where it is known; asked for where it is not. Null: not to be had. */
export function useQuoted(c: ConversationState, id: string): Message | null | undefined {
  const client = useClient();
  const near = c.stretch?.messages.find((message) => message.id === id);
  const quoted = near ?? c.quotes[id];
  const missing = quoted === undefined;
  useEffect(() => {
    if (missing) void client.deeds.quote(c.facts.id, id);
  }, [client, c.facts.id, id, missing]);
  return quoted;
}

interface QuoteProps {
  conversation: ConversationState;
  id: string;
  onJump: (seq: number) => void;
}

/** What a message answers, in two lines; leads there. */
export function Quote({ conversation, id, onJump }: QuoteProps) {
  const { t } = useTranslation();
  const message = useQuoted(conversation, id);
  const name = useWorld(
    (world) =>
      message && (world.users[message.sender.id]?.display_name ?? message.sender.display_name),
  );
  if (!message) {
    return <span className={styles.quote}>{message === null && t("messages.quoteGone")}</span>;
  }
  const text = message.retracted_at
    ? t("messages.quoteRecalled")
    : saidIn(t, message).slice(0, 300);
  return (
    <button
      type="button"
      className={styles.quote}
      data-recalled={message.retracted_at ? true : undefined}
      onClick={() => onJump(message.seq)}
    >
      <span className="visually-hidden">{t("messages.quoteOf")} </span>
      <span className={styles.name}>{name}</span>
      <span className={styles.text}>{text}</span>
    </button>
  );
}
