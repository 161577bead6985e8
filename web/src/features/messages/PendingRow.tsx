import { CircleAlert, Clock3 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useErrorText } from "@/hooks/words";
import type { Pending } from "@/sync/state";
import { Button } from "@/ui/Button";
import { Files } from "./Files";
import styles from "./MessageRow.module.css";
import { MessageText } from "./MessageText";
import { Quote } from "./Quote";
import { pendingFiles } from "./shown";
import { useTools } from "./tools";

interface PendingRowProps {
  item: Pending;
  opens: boolean;
  closes: boolean;
  /** Whether the line is there: on its way, or waiting for it. */
  connected: boolean;
  onRetry: (clientId: string) => void;
  onDiscard: (clientId: string) => void;
  onDropFile: (clientId: string, fileId: string) => void;
}

/** An own message on its way. */
export function PendingRow({
  item,
  opens,
  closes,
  connected,
  onRetry,
  onDiscard,
  onDropFile,
}: PendingRowProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { conversation, jump } = useTools();
  const { previews } = useClient();
  const failed = item.state === "failed";
  const hasFiles = (item.files?.length ?? 0) > 0;
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
          <div className={styles.bubble} dir="auto" data-files={hasFiles || undefined}>
            {item.parent_id && (
              <Quote conversation={conversation} id={item.parent_id} onJump={jump} />
            )}
            {hasFiles && (
              <Files
                files={pendingFiles(item, previews)}
                onCancel={
                  item.state === "stored" ? undefined : (id) => onDropFile(item.client_id, id)
                }
              />
            )}
            {item.content && (
              <div className={styles.words}>
                <MessageText text={item.content} />
              </div>
            )}
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
              {t("messages.failed")} {item.error && textOf(ofFiles(item.error, hasFiles))}
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

/** What is too large is a file where there is one: a text has been measured before. */
function ofFiles(error: { code: string; detail: string }, hasFiles: boolean) {
  return hasFiles && error.code === "too_large" ? { ...error, code: "file_too_large" } : error;
}
