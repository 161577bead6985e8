import { Check, CheckCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/sync/wire";
import styles from "./ReceiptMark.module.css";
import { receiptOf } from "./receipts";
import { useTools } from "./tools";

/** Beside one's own message: sent, delivered, read; in a room by how many, and the way to whom. */
export function ReceiptMark({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { conversation, show } = useTools();
  const receipt = receiptOf(message, conversation);
  if (!receipt) return null;
  const Icon = receipt.state === "sent" ? Check : CheckCheck;
  const isRead = receipt.state === "read";
  if (conversation.facts.kind === "direct") {
    const text = t(`messages.status.${receipt.state}`);
    return (
      <span className={styles.mark} data-read={isRead || undefined} title={text}>
        <Icon size={15} role="img" aria-label={text} />
      </span>
    );
  }
  const text =
    receipt.readers > 0
      ? isRead && receipt.others > 1
        ? t("messages.readByAll")
        : t("messages.readBy", { count: receipt.readers })
      : t(`messages.status.${receipt.state}`);
  return (
    <button
      type="button"
      className={styles.mark}
      data-read={isRead || undefined}
      aria-label={text}
      title={text}
      onClick={() => show("readers", message)}
    >
      <Icon size={15} aria-hidden="true" />
      {receipt.readers > 0 && <span aria-hidden="true">{receipt.readers}</span>}
    </button>
  );
}
