import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import { noticeText } from "@/hooks/notices";
import type { Message } from "@/sync/wire";
import { Button } from "@/ui/Button";
import styles from "./SystemRow.module.css";
import { useTools } from "./tools";

/** What the server records: who came, who went, what was renamed. */
export function SystemRow({ message }: { message: Message }) {
  const { t } = useTranslation();
  const users = useWorld((world) => world.users);
  const meId = useWorld((world) => world.me?.id);
  return (
    <p className={styles.line} data-seq={message.seq}>
      {noticeText(t, message, users, meId)}
    </p>
  );
}

/** The place of a recalled message; to its writer with a way to write it anew. */
export function RecalledRow({
  message,
  name,
  own,
}: {
  message: Message;
  name: string;
  own: boolean;
}) {
  const { t } = useTranslation();
  const { conversation, rewrite } = useTools();
  // Files alone cannot be written anew.
  const kept = conversation.recalled[message.id] || undefined;
  const words = own
    ? kept === undefined
      ? t("messages.recalledYours")
      : t("messages.recalledOwn")
    : t("messages.recalled", { name });
  return (
    <p className={styles.line} data-seq={message.seq}>
      {words}
      {kept !== undefined && !conversation.facts.archived_at && (
        <Button look="quiet" className={styles.again ?? ""} onClick={() => rewrite(kept)}>
          {t("messages.rewrite")}
        </Button>
      )}
    </p>
  );
}
