import { ArrowDown, X } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Virtualizer } from "virtua";
import { useClient } from "@/hooks/client";
import { useErrorText } from "@/hooks/words";
import type { ConversationState, Stretch } from "@/sync/state";
import { hasNewer } from "@/sync/stretch";
import type { Message } from "@/sync/wire";
import { IconButton } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { Announcer } from "./Announcer";
import styles from "./History.module.css";
import { HistoryRow } from "./HistoryRow";
import { MessageDialogs } from "./MessageDialogs";
import { picturesOf } from "./pictures";
import { renderer } from "./RichText";
import { useNewLine, useReading } from "./reading";
import { rowsOf } from "./rows";
import { useScrolling } from "./scrolling";
import { useToolbox } from "./toolbox";
import { ToolsContext } from "./tools";
import { useLine } from "./useLine";
import { walk } from "./walking";

const Lightbox = lazy(() => import("./Lightbox"));

interface HistoryProps {
  conversation: ConversationState;
  stretch: Stretch;
  /** The message to show and light up, from the address. */
  target: number | null;
  /** What stands before the first message. */
  beginning: ReactNode;
  /** Called when the reader leaves the target behind. */
  onLatest: () => void;
  onReply: (message: Message) => void;
  onEdit: (message: Message) => void;
  /** A recalled text is to be written anew. */
  onRewrite: (text: string) => void;
  onJump: (seq: number) => void;
}

/** The history of one conversation: virtual, both directions, keeps its place. */
export function History(props: HistoryProps) {
  const { conversation, stretch, target, beginning, onLatest } = props;
  const { t } = useTranslation();
  const textOf = useErrorText();
  const client = useClient();
  const { facts, me, meId, pending } = conversation;
  const readTo = useNewLine(conversation);
  const newer = hasNewer(stretch, facts.last_seq);
  const { line, choose } = useLine(conversation, stretch, target);
  const rows = useMemo(
    () =>
      rowsOf({
        ...line,
        pending: newer ? [] : pending,
        meId,
        complete: !stretch.hasOlder,
        readTo,
      }),
    [line, stretch.hasOlder, pending, meId, newer, readTo],
  );
  const scrolling = useScrolling({ conversation, stretch, rows, target });
  const { tools, view, close, picture, look, failure, forgive } = useToolbox({ ...props, choose });
  // At hand before the first message needs it.
  useEffect(() => void renderer.load().catch(() => undefined), []);
  useReading(conversation, scrolling.atEnd === true && !newer);
  const toLatest = async () => {
    onLatest();
    if (newer) await client.newest(facts.id);
    scrolling.toEnd();
  };
  return (
    <ToolsContext value={tools}>
      <div className={styles.frame}>
        <div
          ref={scrolling.scroller}
          className={styles.scroller}
          role="log"
          aria-live="off"
          aria-label={t("messages.log")}
          aria-description={t("messages.walk")}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          onKeyDown={walk}
        >
          <div className={styles.spring} />
          <Virtualizer
            ref={scrolling.list}
            scrollRef={scrolling.scroller}
            shift={scrolling.shift}
            onScroll={scrolling.onScroll}
            onResize={scrolling.onResize}
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
        {(scrolling.atEnd === false || newer) && (
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
        {failure !== undefined && (
          <div className={styles.failure}>
            <Notice>
              {textOf(failure)}
              <IconButton label={t("app.close")} onClick={forgive}>
                <X size={16} aria-hidden="true" />
              </IconButton>
            </Notice>
          </div>
        )}
        <Announcer conversation={conversation} />
      </div>
      <MessageDialogs view={view?.view ?? null} message={view?.message ?? null} onClose={close} />
      {picture && (
        <Suspense fallback={null}>
          <Lightbox
            pictures={picturesOf(stretch.messages, client.previews)}
            shown={picture}
            onShow={look}
            onClose={() => look(null)}
            onJump={(seq) => {
              look(null);
              props.onJump(seq);
            }}
          />
        </Suspense>
      )}
    </ToolsContext>
  );
}
