import { Square } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/Button";
import styles from "./Composer.module.css";

/** Takes the place of sending while an answer is being written and nothing else is. */
export function StopButton({ onStop }: { onStop: () => void }) {
  const { t } = useTranslation();
  return (
    <IconButton
      look="primary"
      label={t("replies.stopAnswer")}
      className={styles.send ?? ""}
      onClick={onStop}
    >
      <Square size={15} fill="currentcolor" aria-hidden="true" />
    </IconButton>
  );
}
