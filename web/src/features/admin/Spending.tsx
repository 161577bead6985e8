import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useLate, useTask } from "@/hooks/task";
import { Usage } from "@/hooks/Usage";
import { useErrorText } from "@/hooks/words";
import { inDays } from "@/i18n/times";
import type { UsageReport } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";

const GROUPS = ["day", "user", "assistant", "model"] as const;
/** Days that are told of. */
const DAYS = 30;

/** What everyone's questions have taken: by day, person, assistant or model. */
export function Spending() {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [by, setBy] = useState<UsageReport["by"]>("day");
  const namesOf = async ({ by: group, items }: UsageReport) => {
    if (group === "assistant") {
      const found = await client.assistants.list();
      return new Map(found.map(({ id, name }) => [id, name]));
    }
    if (group !== "user") return new Map<string, string>();
    return client.accounts.named(items.map(({ key }) => key).filter(Boolean));
  };
  const task = useTask(async () => {
    const report = await client.replies.usage({ from: inDays(-DAYS), by, everyone: true });
    return { report, names: await namesOf(report) };
  }, [client, by]);
  const late = useLate(task.loading && !task.value, 300);
  return (
    <Card title={t("usage.title")} text={t("usage.all")}>
      <Choice
        label={t("usage.by")}
        value={by}
        options={GROUPS.map((value) => ({ value, label: t(`usage.${value}`) }))}
        onChange={setBy}
      />
      {task.error !== undefined && (
        <Notice>
          {textOf(task.error)}
          <Button onClick={task.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={3} label={t("app.loading")} />}
      {task.value && (
        <Usage report={task.value.report} nameOf={(key) => task.value?.names.get(key)} />
      )}
    </Card>
  );
}
