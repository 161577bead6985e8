import { ArrowDown, ArrowUp, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/ui/Button";
import { Field } from "@/ui/Field";
import styles from "./Admin.module.css";
import { moved } from "./assistant";

interface ChainProps {
  providers: string[];
  onChange: (providers: string[]) => void;
}

/** Whom an assistant asks, in this order. */
export function Chain({ providers, onChange }: ChainProps) {
  const { t } = useTranslation();
  const [next, setNext] = useState("");
  const add = () => {
    const link = next.trim();
    if (!link || providers.includes(link)) return;
    onChange([...providers, link]);
    setNext("");
  };
  return (
    <fieldset className={styles.chain}>
      <legend>{t("assistants.admin.providers")}</legend>
      <p className={styles.hint}>{t("assistants.admin.providersText")}</p>
      <ol className={styles.links}>
        {providers.map((name, at) => (
          <li key={name}>
            <code>{name}</code>
            <IconButton
              label={t("assistants.admin.up", { name })}
              disabled={at === 0}
              onClick={() => onChange(moved(providers, at, -1))}
            >
              <ArrowUp size={16} aria-hidden="true" />
            </IconButton>
            <IconButton
              label={t("assistants.admin.down", { name })}
              disabled={at === providers.length - 1}
              onClick={() => onChange(moved(providers, at, 1))}
            >
              <ArrowDown size={16} aria-hidden="true" />
            </IconButton>
            <IconButton
              label={t("assistants.admin.drop", { name })}
              onClick={() => onChange(providers.filter((link) => link !== name))}
            >
              <X size={16} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ol>
      <div className={styles.adding}>
        <Field
          label={t("assistants.admin.provider")}
          hint={t("assistants.admin.providerHint")}
          value={next}
          maxLength={160}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setNext(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            add();
          }}
        />
        <Button onClick={add}>{t("assistants.admin.addProvider")}</Button>
      </div>
    </fieldset>
  );
}
