import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { resetPassword } from "@/sync/accounts";
import { ApiError } from "@/sync/api";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./AuthPage.module.css";
import { Frame } from "./Frame";

const SHORTEST = 8;

/** Where a one-time link leads: a new password, and then to the login. */
export function ResetPage({ token }: { token: string | null }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const [password, setPassword] = useState("");
  const [checked, setChecked] = useState(false);
  const [done, setDone] = useState(false);
  const wish = useWish(async () => {
    await resetPassword(token ?? "", password);
    setDone(true);
  });
  const spent = wish.error instanceof ApiError && wish.error.code === "gone";
  const short = checked && password.length < SHORTEST;
  return (
    <Frame title={t("auth.resetTitle")}>
      {done || !token ? (
        <div className={styles.form}>
          <Notice tone={done ? "calm" : "error"}>
            {t(done ? "auth.resetDone" : "auth.resetNoToken")}
          </Notice>
          <p className={styles.other}>
            <Link href="/login">{t("auth.login")}</Link>
          </p>
        </div>
      ) : (
        <form
          className={styles.form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setChecked(true);
            if (password.length >= SHORTEST) void wish.run();
          }}
        >
          <p>{t("auth.resetText")}</p>
          {wish.error !== undefined && (
            <Notice>{spent ? t("auth.resetSpent") : textOf(wish.error)}</Notice>
          )}
          <Field
            label={t("auth.newPassword")}
            hint={t("auth.passwordHint")}
            error={short ? t("errors.passwordShort") : undefined}
            type="password"
            autoComplete="new-password"
            autoFocus
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Button type="submit" look="primary" wide busy={wish.busy}>
            {t("auth.reset")}
          </Button>
        </form>
      )}
    </Frame>
  );
}
