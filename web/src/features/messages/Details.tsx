import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import type { Message } from "@/sync/wire";
import styles from "./Answer.module.css";
import { attemptText, isDemo, nameOf, usageText } from "./provider";

/** Who has answered and after whom, what it took; where it is only a demo, the way to a model. */
export function Details({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const administers = useWorld(({ me }) => me?.role === "owner" || me?.role === "admin");
  const { reply } = message;
  if (!reply) return null;
  const begun = message.state !== "failed" && reply.provider !== null;
  // Where it broke off, the last attempt is the one that has begun.
  const answered = begun && message.state !== "interrupted";
  return (
    <ul className={styles.details}>
      <li>
        {begun
          ? t(answered ? "replies.by" : "replies.begun", { who: nameOf(t, reply) })
          : t("replies.nobody")}
      </li>
      {reply.attempts.map((attempt, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: attempts are only added at the end
        <li key={index}>{attemptText(t, attempt, answered)}</li>
      ))}
      {reply.usage && <li>{usageText(t, reply.usage, i18n.language)}</li>}
      {isDemo(reply) && administers && <li>{t("replies.demoHint")}</li>}
    </ul>
  );
}
