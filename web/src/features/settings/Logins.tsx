import { Monitor, Smartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { ago, full } from "@/i18n/times";
import type { Login } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import { deviceName, isHandheld } from "./device";
import styles from "./SettingsPage.module.css";

/** Where one is signed in; this device first. */
export function Logins() {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const task = useTask(() => client.accounts.logins(), [client]);
  const late = useLate(task.loading && !task.value, 300);
  const end = useWish(async (ids: string[]) => {
    for (const id of ids) await client.accounts.endLogin(id);
    task.again();
  });
  const logins = (task.value ?? []).toSorted((a, b) => Number(b.current) - Number(a.current));
  const others = logins.filter((login) => !login.current).map((login) => login.id);
  const error = task.error ?? end.error;
  return (
    <Card title={t("settings.logins")} text={t("settings.loginsText")}>
      {error !== undefined && (
        <Notice>
          {textOf(error)}
          <Button onClick={task.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={2} label={t("app.loading")} />}
      <ul className={styles.list}>
        {logins.map((login) => (
          <Place
            key={login.id}
            login={login}
            busy={end.busy}
            onEnd={() => void end.run([login.id])}
          />
        ))}
      </ul>
      {others.length > 1 && (
        <Button
          className={styles.start ?? ""}
          look="danger"
          busy={end.busy}
          onClick={() => void end.run(others)}
        >
          {t("settings.endOthers")}
        </Button>
      )}
    </Card>
  );
}

function Place({ login, busy, onEnd }: { login: Login; busy: boolean; onEnd: () => void }) {
  const { t, i18n } = useTranslation();
  const name = deviceName(login.device) ?? t("settings.unknownDevice");
  const Icon = isHandheld(login.device) ? Smartphone : Monitor;
  return (
    <li className={styles.item}>
      <Icon size={20} aria-hidden="true" />
      <p className={styles.about} title={login.device ?? undefined}>
        <strong>
          {name}
          {login.current && <span className={styles.here}>{t("settings.thisDevice")}</span>}
        </strong>
        <small title={full(login.used_at, i18n.language)}>
          {login.address && `${login.address} · `}
          {t("settings.lastUsed", { time: ago(login.used_at, i18n.language) })}
        </small>
      </p>
      {!login.current && (
        <Button busy={busy} aria-label={t("settings.endLoginOf", { name })} onClick={onEnd}>
          {t("settings.endLogin")}
        </Button>
      )}
    </li>
  );
}
