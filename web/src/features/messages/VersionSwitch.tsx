import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/sync/wire";
import { IconButton } from "@/ui/Button";
import styles from "./Answer.module.css";
import { useTools } from "./tools";
import type { Versions } from "./versions";

/** From one version of a question or an answer to the others. */
export function VersionSwitch({ message, versions }: { message: Message; versions: Versions }) {
  const { t } = useTranslation();
  const { choose } = useTools();
  const { head, all } = versions;
  const at = all.findIndex(({ id }) => id === message.id);
  const [older, newer] = [all[at - 1], all[at + 1]];
  return (
    <span className={styles.versions}>
      <IconButton
        className={styles.tool ?? ""}
        label={t("replies.older")}
        disabled={!older}
        onClick={() => older && choose(head, older.id)}
      >
        <ChevronLeft size={16} aria-hidden="true" />
      </IconButton>
      <span role="status" aria-label={t("replies.version", { at: at + 1, count: all.length })}>
        {at + 1}/{all.length}
      </span>
      <IconButton
        className={styles.tool ?? ""}
        label={t("replies.newer")}
        disabled={!newer}
        onClick={() => newer && choose(head, newer.id)}
      >
        <ChevronRight size={16} aria-hidden="true" />
      </IconButton>
    </span>
  );
}
