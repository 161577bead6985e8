import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Composer.module.css";
import { NEAR } from "./length";

/** Below where one writes: what happens in the room, which keys there are, how much is left. */
export function Foot({ left, status }: { left: number; status: ReactNode }) {
  const { t } = useTranslation();
  const isRoomy = left >= NEAR;
  return (
    <div className={styles.foot}>
      {isRoomy && status}
      <p
        id="composer-count"
        className={styles.hint}
        data-over={left < 0 || undefined}
        aria-live={left < NEAR ? "polite" : "off"}
      >
        {left < 0
          ? t("composer.over", { count: -left })
          : isRoomy
            ? t("composer.hint")
            : t("composer.left", { count: left })}
      </p>
    </div>
  );
}
