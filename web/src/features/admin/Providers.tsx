import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { providerName } from "@/hooks/providers";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { ModelProviders } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import styles from "./Admin.module.css";
import { Chain } from "./Chain";
import { ProviderRow } from "./ProviderRow";

/** Where models are asked: keys that can be set and not read, and in which order. */
export function Providers() {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const task = useTask(() => client.providers.report(), [client]);
  const late = useLate(task.loading && !task.value, 300);
  return (
    <>
      {task.error !== undefined && (
        <Notice>
          {textOf(task.error)}
          <Button onClick={task.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={4} label={t("app.loading")} />}
      {task.value && (
        <>
          <Card title={t("providers.title")} text={t("providers.text")}>
            <ul className={styles.list}>
              {task.value.providers.map((one) => (
                <ProviderRow key={one.provider} provider={one} onChanged={task.again} />
              ))}
            </ul>
            {task.value.found.map(({ provider, url }) => (
              <p key={url} className={styles.hint}>
                {t("providers.found", { provider: providerName(t, provider), url })}
              </p>
            ))}
          </Card>
          <Order key={task.value.chain.links.join()} report={task.value} onChanged={task.again} />
        </>
      )}
    </>
  );
}

/** Who is asked for assistants that name nobody. */
function Order({ report, onChanged }: { report: ModelProviders; onChanged: () => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const { links, source } = report.chain;
  const [chosen, setChosen] = useState(links);
  const save = useWish(async () => {
    await client.providers.change([], chosen);
    onChanged();
  });
  const isFixed = source === "environment";
  return (
    <Card title={t("providers.chain")} text={t("providers.chainText")}>
      <p className={styles.hint}>{t(`providers.source.${source}`)}</p>
      {isFixed ? (
        <ol className={styles.links}>
          {links.map((link) => (
            <li key={link}>
              <code>{link}</code>
            </li>
          ))}
        </ol>
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void save.run();
          }}
        >
          {save.error !== undefined && <Notice>{textOf(save.error)}</Notice>}
          <Chain providers={chosen} onChange={setChosen} />
          <Button type="submit" look="primary" className={styles.start ?? ""} busy={save.busy}>
            {t("app.save")}
          </Button>
        </form>
      )}
    </Card>
  );
}
