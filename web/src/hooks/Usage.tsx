/** What assistants have used, for one's own settings and for administration alike. */
import { useTranslation } from "react-i18next";
import { amount, money } from "@/i18n/numbers";
import { longDate } from "@/i18n/times";
import type { UsageReport, UsageSum } from "@/sync/wire";
import { Bars } from "@/ui/Bars";
import { Empty } from "@/ui/Notice";
import styles from "./Usage.module.css";

interface UsageProps {
  report: UsageReport;
  /** A person's or an assistant's name by id. */
  nameOf?: (key: string) => string | undefined;
}

export function Usage({ report, nameOf }: UsageProps) {
  const { t, i18n } = useTranslation();
  const { total, items, by } = report;
  const tokensOf = (sum: UsageSum) => sum.input_tokens + sum.output_tokens;
  if (total.requests === 0) {
    return <Empty level="h2" title={t("usage.none")} text={t("usage.noneText")} />;
  }
  const labelOf = (key: string) => {
    if (by === "day") return longDate(`${key.slice(0, 10)}T12:00:00`, i18n.language);
    return by === "model" ? key : (nameOf?.(key) ?? t("usage.unknown"));
  };
  return (
    <div className={styles.usage}>
      <p className={styles.total}>
        <strong>
          {t("usage.total", {
            tokens: amount(tokensOf(total), i18n.language),
            requests: amount(total.requests, i18n.language),
          })}
        </strong>
        {total.cost !== null && total.cost > 0 && (
          <span>{t("usage.cost", { cost: money(total.cost, i18n.language) })}</span>
        )}
      </p>
      <Bars
        label={t(`usage.${by}`)}
        bars={items.map((sum) => ({
          key: sum.key,
          label: labelOf(sum.key),
          value: tokensOf(sum),
          text: [
            t("usage.bar", { tokens: amount(tokensOf(sum), i18n.language) }),
            ...(sum.cost ? [money(sum.cost, i18n.language)] : []),
          ].join(" · "),
        }))}
      />
    </div>
  );
}
