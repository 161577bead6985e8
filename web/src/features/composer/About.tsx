import { Pencil, Reply, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/Button";
import styles from "./About.module.css";

interface AboutProps {
  kind: "reply" | "edit";
  title: ReactNode;
  text: string;
  onCancel: () => void;
}

/** Above where one writes: what is being answered, or edited. */
export function About({ kind, title, text, onCancel }: AboutProps) {
  const { t } = useTranslation();
  const Icon = kind === "reply" ? Reply : Pencil;
  return (
    <div className={styles.about}>
      <Icon size={16} aria-hidden="true" />
      <p className={styles.words}>
        <strong>{title}</strong>
        <span>{text}</span>
      </p>
      <IconButton
        className={styles.cancel ?? ""}
        label={t(kind === "reply" ? "composer.cancelReply" : "composer.cancelEdit")}
        onClick={onCancel}
      >
        <X size={16} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
