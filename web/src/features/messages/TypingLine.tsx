import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import type { ConversationState } from "@/sync/state";
import styles from "./TypingLine.module.css";

/** Who writes right now: one, two, or several; nothing while nobody does. */
export function TypingLine({ conversation }: { conversation: ConversationState }) {
  const { t } = useTranslation();
  const { typing, members } = conversation;
  const users = useWorld((world) => world.users);
  const names = typing.map((id) => (users[id] ?? members[id]?.user)?.display_name ?? "…");
  const [first, second] = names;
  return (
    <span role="status" aria-live="off" className={styles.typing}>
      {first && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span className={styles.names}>
            {names.length === 1
              ? t("messages.typingOne", { name: first })
              : names.length === 2
                ? t("messages.typingTwo", { name: first, other: second })
                : t("messages.typingMany")}
          </span>
        </>
      )}
    </span>
  );
}
