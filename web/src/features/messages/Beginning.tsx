import { useTranslation } from "react-i18next";
import { useFace } from "@/hooks/words";
import type { ConversationState } from "@/sync/state";
import { Avatar } from "@/ui/Avatar";
import styles from "./Beginning.module.css";

/** What stands before the first message of a conversation. */
export function Beginning({
  conversation,
  title,
}: {
  conversation: ConversationState;
  title: string;
}) {
  const { t } = useTranslation();
  const { facts, peerId, meId } = conversation;
  const face = useFace(conversation);
  const isRoom = facts.kind === "group";
  const isSelf = !isRoom && (peerId === null || peerId === meId);
  const isPurged = facts.first_seq > 1;
  const days = facts.retention_days;
  const text = isRoom
    ? t("messages.beginRoom", { name: title })
    : isSelf
      ? t("messages.emptySelf")
      : t("messages.emptyDirect", { name: title });
  if (isPurged) {
    return (
      <div className={styles.beginning}>
        <Avatar {...face} size="l" />
        <p className={styles.title}>{t("messages.purged")}</p>
        <p className={styles.about}>
          {days === null ? t("messages.purgedServer") : t("messages.purgedAfter", { count: days })}
        </p>
      </div>
    );
  }
  return (
    <div className={styles.beginning}>
      <Avatar {...face} size="l" />
      <p className={styles.title}>{text}</p>
      {facts.description && <p className={styles.about}>{facts.description}</p>}
      {facts.last_seq === 0 && <p className={styles.about}>{t("messages.emptyTitle")}</p>}
    </div>
  );
}
