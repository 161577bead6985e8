import { useTranslation } from "react-i18next";
import styles from "./Welcome.module.css";

/** Questions to begin with; each one is asked at once. */
export function Suggestions({ onAsk }: { onAsk: (text: string) => void }) {
  const { t } = useTranslation();
  const texts = [
    t("assistants.first"),
    t("assistants.second"),
    t("assistants.third"),
    t("assistants.fourth"),
  ];
  return (
    <ul className={styles.suggestions} aria-label={t("assistants.suggest")}>
      {texts.map((text) => (
        <li key={text}>
          <button type="button" onClick={() => onAsk(text)}>
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}
