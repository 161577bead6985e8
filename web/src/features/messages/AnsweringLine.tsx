import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import type { Message } from "@/sync/wire";
import styles from "./TypingLine.module.css";

/** Which assistants answer right now, as others write. */
export function AnsweringLine({ live }: { live: Message[] }) {
  const { t } = useTranslation();
  const users = useWorld((world) => world.users);
  const [first, ...more] = live;
  if (!first) return null;
  const name = users[first.sender.id]?.display_name ?? first.sender.display_name;
  return (
    <span role="status" aria-live="off" className={styles.typing}>
      <span className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span className={styles.names}>
        {more.length > 0 ? t("replies.answeringMany") : t("replies.answeringOne", { name })}
      </span>
    </span>
  );
}
