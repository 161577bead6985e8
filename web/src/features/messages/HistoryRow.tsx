import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { dayHeading } from "@/i18n/times";
import styles from "./History.module.css";
import { MessageRow } from "./MessageRow";
import { PendingRow } from "./PendingRow";
import type { Row } from "./rows";

interface HistoryRowProps {
  row: Row;
  target: number | null;
  beginning: ReactNode;
}

/** One row of a history, whatever it is. */
export function HistoryRow({ row, target, beginning }: HistoryRowProps) {
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
          quotes={row.quotes}
          versions={row.versions}
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
          onDropFile={(clientId, fileId) =>
            void client.dropFile(row.item.conversation_id, clientId, fileId)
          }
        />
      );
  }
}
