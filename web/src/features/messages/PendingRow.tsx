import { CircleAlert, Clock3 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/hooks/words";
import type { Pending } from "@/sync/state";
import { Button } from "@/ui/Button";
import styles from "./MessageRow.module.css";
import { MessageText } from "./MessageText";
import { Quote } from "./Quote";
import { useTools } from "./tools";

interface PendingRowProps {
  item: Pending;
  opens: boolean;
  closes: boolean;
  /** Whether the line is there: on its way, or waiting for it. */
  connected: boolean;
  onRetry: (clientId: string) => void;
  onDiscard: (clientId: string) => void;
}

/** An own message on its way. */
export function PendingRow({
  item,
  opens,
  closes,
  connected,
  onRetry,
  onDiscard,
}: PendingRowProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { conversation, jump } = useTools();
  const failed = item.state === "failed";
  return (
    <article
      className={styles.row}
      data-own
      data-opens={opens || undefined}
      data-closes={closes || undefined}
      data-pending={failed ? "failed" : "waiting"}
      aria-label={failed ? t("messages.failed") : t("messages.sending")}
    >
      <div className={styles.body}>
        <div className={styles.line}>
          <div className={styles.bubble} dir="auto">
            {item.parent_id && (
              <Quote conversation={conversation} id={item.parent_id} onJump={jump} />
            )}
            <MessageText text={item.content} />
          </div>
          {!failed && (
            <span
              className={styles.way}
              title={connected ? t("messages.sending") : t("messages.waiting")}
            >
              <Clock3 size={14} aria-hidden="true" />
            </span>
          )}
        </div>
        {failed && (
          <p className={styles.failed} role="alert">
            <CircleAlert size={16} aria-hidden="true" />
            <span>
              {t("messages.failed")} {item.error && textOf(item.error)}
            </span>
            <span className={styles.choices}>
              <Button look="quiet" onClick={() => onRetry(item.client_id)}>
                {t("messages.retry")}
              </Button>
              <Button look="quiet" onClick={() => onDiscard(item.client_id)}>
                {t("messages.discard")}
              </Button>
            </span>
          </p>
        )}
      </div>
    </article>
  );
}
