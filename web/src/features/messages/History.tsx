import { ArrowDown } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Virtualizer } from "virtua";
import { useClient, useWorld } from "@/hooks/client";
import { dayHeading } from "@/i18n/times";
import type { ConversationState, Stretch } from "@/sync/state";
import { hasNewer } from "@/sync/stretch";
import styles from "./History.module.css";
import { MessageRow, PendingRow } from "./MessageRow";
import { useNewLine, useReading } from "./reading";
import { type Row, rowsOf } from "./rows";
import { useScrolling } from "./scrolling";

interface HistoryProps {
  conversation: ConversationState;
  stretch: Stretch;
  /** The message to show and light up, from the address. */
  target: number | null;
  /** What stands before the first message. */
  beginning: ReactNode;
  /** Called when the reader leaves the target behind. */
  onLatest: () => void;
}

/** The history of one conversation: virtual, both directions, keeps its place. */
export function History({ conversation, stretch, target, beginning, onLatest }: HistoryProps) {
  const { t } = useTranslation();
  const client = useClient();
  const { facts, me, meId, pending } = conversation;
  const readTo = useNewLine(conversation);
  const newer = hasNewer(stretch, facts.last_seq);
  const rows = useMemo(
    () =>
      rowsOf({
        messages: stretch.messages,
        pending: newer ? [] : pending,
        meId,
        complete: !stretch.hasOlder,
        readTo,
      }),
    [stretch, pending, meId, newer, readTo],
  );
  const scrolling = useScrolling({ conversation, stretch, rows, target });
  useReading(conversation, scrolling.atEnd && !newer);
  const toLatest = async () => {
    onLatest();
    if (newer) await client.newest(facts.id);
    scrolling.toEnd();
  };
  return (
    <div className={styles.frame}>
      <div
        ref={scrolling.scroller}
        className={styles.scroller}
        role="log"
        aria-live="off"
        aria-label={t("messages.log")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
      >
        <div className={styles.spring} />
        <Virtualizer
          ref={scrolling.list}
          scrollRef={scrolling.scroller}
          shift={scrolling.shift}
          onScroll={scrolling.onScroll}
          data={rows}
          bufferSize={600}
        >
          {(row) => <HistoryRow key={row.key} row={row} target={target} beginning={beginning} />}
        </Virtualizer>
      </div>
      {scrolling.loadingOlder && (
        <p className={styles.older} role="status">
          {t("messages.loadingOlder")}
        </p>
      )}
      {(!scrolling.atEnd || newer) && (
        <button
          type="button"
          className={styles.latest}
          onClick={toLatest}
          aria-label={t("messages.toLatest")}
        >
          <ArrowDown size={18} aria-hidden="true" />
          {me.unread > 0 && <span>{t("messages.newCount", { count: me.unread })}</span>}
        </button>
      )}
      <Announcer conversation={conversation} />
    </div>
  );
}

interface HistoryRowProps {
  row: Row;
  target: number | null;
  beginning: ReactNode;
}

function HistoryRow({ row, target, beginning }: HistoryRowProps) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const connected = useWorld((world) => world.line === "open");
  switch (row.kind) {
    case "begin":
      return beginning;
    case "day":
      return <h2 className={styles.day}>{dayHeading(row.at, i18n.language)}</h2>;
    case "new":
      return (
        <p className={styles.new}>
          <span>{t("messages.newLine")}</span>
        </p>
      );
    case "message":
      return (
        <MessageRow
          message={row.message}
          own={row.own}
          opens={row.opens}
          closes={row.closes}
          highlighted={row.message.seq === target}
        />
      );
    case "pending":
      return (
        <PendingRow
          item={row.item}
          opens={row.opens}
          closes={row.closes}
          connected={connected}
          onRetry={(clientId) => void client.retry(clientId)}
          onDiscard={(clientId) => void client.discard(row.item.conversation_id, clientId)}
        />
      );
  }
}

/** Tells screen readers what others have just written; not what is loaded from the past. */
function Announcer({ conversation }: { conversation: ConversationState }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const heard = useRef(conversation.facts.last_seq);
  const { last_message: last } = conversation.facts;
  useEffect(() => {
    if (!last || last.seq <= heard.current) return;
    heard.current = last.seq;
    if (last.sender.id === conversation.meId || last.role === "system") return;
    setText(
      t("messages.announce", { name: last.sender.display_name, text: last.content.slice(0, 300) }),
    );
  }, [last, conversation.meId, t]);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {text}
    </p>
  );
}
