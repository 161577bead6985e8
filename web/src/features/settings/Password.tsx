import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { ApiError } from "@/sync/api";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import styles from "./SettingsPage.module.css";

const SHORTEST = 8;

export function Password({ username }: { username: string }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [checked, setChecked] = useState(false);
  const [changed, setChanged] = useState(false);
  const change = useWish(async () => {
    await client.accounts.changePassword(current, next);
    setCurrent("");
    setNext("");
    setChecked(false);
    setChanged(true);
  });
  const wrong = change.error instanceof ApiError && change.error.code === "invalid_credentials";
  const short = checked && next.length < SHORTEST;
  return (
    <Card title={t("settings.password")}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          setChanged(false);
          if (current && next.length >= SHORTEST) void change.run();
        }}
      >
        {/* For the browser's own keeper of passwords: whose this is. */}
        <input type="hidden" name="username" autoComplete="username" value={username} readOnly />
        {change.error !== undefined && !wrong && <Notice>{textOf(change.error)}</Notice>}
        {changed && <Notice tone="calm">{t("settings.passwordChanged")}</Notice>}
        <Field
          label={t("settings.currentPassword")}
          error={wrong ? t("errors.wrongPassword") : undefined}
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <Field
          label={t("settings.newPassword")}
          hint={t("auth.passwordHint")}
          error={short ? t("errors.passwordShort") : undefined}
          type="password"
          autoComplete="new-password"
          required
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <Button type="submit" className={styles.start ?? ""} look="primary" busy={change.busy}>
          {t("settings.changePassword")}
        </Button>
      </form>
    </Card>
  );
}
