import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Mark } from "@/ui/Mark";
import styles from "./AuthPage.module.css";

/** The frame of every page before the login. */
export function Frame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className={styles.page}>
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className={styles.card}>
        <p className={styles.brand}>
          <Mark size={36} />
          <span>{t("app.name")}</span>
        </p>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
      <p className={styles.tagline}>{t("app.tagline")}</p>
    </main>
  );
}
