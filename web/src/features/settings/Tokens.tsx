import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { ago, inDays, longDate } from "@/i18n/times";
import type { PersonalToken } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { CopyField } from "@/ui/CopyField";
import { Field, SelectField } from "@/ui/Field";
import { Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import styles from "./SettingsPage.module.css";

const VALIDITY = ["30", "90", "365", "never"] as const;

/** Personal access tokens: made, shown once, revoked. */
export function Tokens() {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const task = useTask(() => client.accounts.tokens(), [client]);
  const late = useLate(task.loading && !task.value, 300);
  const revoke = useWish(async (id: string) => {
    await client.accounts.revokeToken(id);
    task.again();
  });
  const error = task.error ?? revoke.error;
  return (
    <Card title={t("settings.tokens")} text={t("settings.tokensText")}>
      <NewToken onMade={task.again} />
      {error !== undefined && (
        <Notice>
          {textOf(error)}
          <Button onClick={task.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={2} label={t("app.loading")} />}
      {task.value?.length === 0 && <p className={styles.hint}>{t("settings.noTokens")}</p>}
      <ul className={styles.list}>
        {task.value?.map((token) => (
          <TokenRow
            key={token.id}
            token={token}
            busy={revoke.busy}
            onRevoke={() => void revoke.run(token.id)}
          />
        ))}
      </ul>
    </Card>
  );
}

function NewToken({ onMade }: { onMade: () => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [name, setName] = useState("");
  const [validity, setValidity] = useState<(typeof VALIDITY)[number]>("90");
  const [secret, setSecret] = useState<string | null>(null);
  const make = useWish(async () => {
    const until = validity === "never" ? null : inDays(Number(validity));
    setSecret((await client.accounts.makeToken(name.trim(), until)).token);
    setName("");
    onMade();
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) void make.run();
      }}
    >
      {make.error !== undefined && <Notice>{textOf(make.error)}</Notice>}
      {secret && (
        <>
          <Notice tone="calm">{t("settings.tokenMade")}</Notice>
          <CopyField
            label={t("settings.tokenValue")}
            value={secret}
            copy={t("app.copy")}
            copied={t("app.copied")}
          />
        </>
      )}
      <div className={styles.row}>
        <Field
          label={t("settings.tokenName")}
          placeholder={t("settings.tokenNamePlaceholder")}
          maxLength={80}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label={t("settings.tokenExpires")}
          value={validity}
          onChange={(event) => setValidity(event.target.value as typeof validity)}
        >
          {VALIDITY.map((value) => (
            <option key={value} value={value}>
              {t(`settings.validity.${value}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <Button
        type="submit"
        className={styles.start ?? ""}
        look="primary"
        busy={make.busy}
        disabled={!name.trim()}
      >
        {t("settings.makeToken")}
      </Button>
    </form>
  );
}

interface TokenRowProps {
  token: PersonalToken;
  busy: boolean;
  onRevoke: () => void;
}

function TokenRow({ token, busy, onRevoke }: TokenRowProps) {
  const { t, i18n } = useTranslation();
  const { name, used_at, expires_at } = token;
  return (
    <li className={styles.item}>
      <KeyRound size={20} aria-hidden="true" />
      <p className={styles.about}>
        <strong>{name}</strong>
        <small>
          {used_at
            ? t("settings.tokenUsed", { time: ago(used_at, i18n.language) })
            : t("settings.tokenUnused")}
          {" · "}
          {expires_at
            ? t("settings.tokenUntil", { date: longDate(expires_at, i18n.language) })
            : t("settings.tokenForever")}
        </small>
      </p>
      <Button
        look="danger"
        busy={busy}
        aria-label={t("settings.revokeOf", { name })}
        onClick={onRevoke}
      >
        {t("settings.revoke")}
      </Button>
    </li>
  );
}
