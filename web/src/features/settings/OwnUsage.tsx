import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useLate, useTask } from "@/hooks/task";
import { Usage } from "@/hooks/Usage";
import { useErrorText } from "@/hooks/words";
import { amount } from "@/i18n/numbers";
import { inDays } from "@/i18n/times";
import type { UsageReport } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import styles from "./SettingsPage.module.css";

/** Days that are told of. */
const DAYS = 30;

/** What one's own questions to assistants have taken. */
export function OwnUsage() {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const task = useTask(() => client.replies.usage({ from: inDays(-DAYS), by: "day" }), [client]);
  const late = useLate(task.loading && !task.value, 300);
  return (
    <Card title={t("usage.title")} text={t("usage.text")}>
      {task.error !== undefined && (
        <Notice>
          {textOf(task.error)}
          <Button onClick={task.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={3} label={t("app.loading")} />}
      {task.value && <Usage report={task.value} />}
      {task.value && <Limit report={task.value} />}
    </Card>
  );
}

/** How much of a day's tokens is left; days are those of the server, in UTC. */
function Limit({ report }: { report: UsageReport }) {
  const { t, i18n } = useTranslation();
  const limit = report.limits.user_tokens;
  const today = report.items.find(({ key }) => key.startsWith(report.until.slice(0, 10)));
  const used = (today?.input_tokens ?? 0) + (today?.output_tokens ?? 0);
  return (
    <p className={styles.hint}>
      {limit === null
        ? t("usage.noLimit")
        : t("usage.limit", {
            used: amount(used, i18n.language),
            limit: amount(limit, i18n.language),
          })}
    </p>
  );
}
