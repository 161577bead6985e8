import { Search, UserPlus } from "lucide-react";
import { useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { Account, Me } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import { AccountDialogs, type Asked } from "./AccountDialogs";
import { AccountRow } from "./AccountRow";
import styles from "./Admin.module.css";

/** All accounts of the workspace. */
export function People({ me }: { me: Me }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const wanted = useDeferredValue(query.trim());
  const accounts = useAccounts(wanted);
  const late = useLate(accounts.loading && accounts.items.length === 0, 300);
  const activate = useWish(async (account: Account) => {
    await client.accounts.change(account.id, { is_active: true });
    accounts.again();
  });
  const error = accounts.error ?? activate.error;
  return (
    <Card title={t("admin.people")} quiet>
      <div className={styles.tools}>
        <label className={styles.search}>
          <Search size={18} aria-hidden="true" />
          <input
            type="search"
            aria-label={t("admin.search")}
            placeholder={t("admin.search")}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </label>
        <Button look="primary" onClick={() => setAsked({ what: "new" })}>
          <UserPlus size={18} aria-hidden="true" /> {t("admin.newAccount")}
        </Button>
      </div>
      {error !== undefined && (
        <Notice>
          {textOf(error)}
          <Button onClick={accounts.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={5} label={t("app.loading")} />}
      <ul className={styles.list}>
        {accounts.items.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            me={me}
            onAsk={setAsked}
            onActivate={() => void activate.run(account)}
          />
        ))}
      </ul>
      {!accounts.loading && !accounts.error && accounts.items.length === 0 && (
        <p className={styles.none}>{t("admin.none", { query: wanted })}</p>
      )}
      {accounts.more && (
        <Button onClick={accounts.more} busy={accounts.loading}>
          {t("admin.more")}
        </Button>
      )}
      <AccountDialogs
        asked={asked}
        ownRole={me.role}
        onClose={() => setAsked(null)}
        onChanged={accounts.again}
      />
    </Card>
  );
}

/** The accounts that match, page by page. */
function useAccounts(query: string) {
  const client = useClient();
  const [older, setOlder] = useState<Account[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query begins from the top
  useEffect(() => {
    setOlder([]);
    setCursor(null);
  }, [query]);
  const task = useTask(async () => {
    // While somebody types, only the last word counts.
    await new Promise((resolve) => setTimeout(resolve, query ? 150 : 0));
    return client.accounts.accounts(query, cursor);
  }, [query, cursor]);
  const next = task.value?.next_cursor;
  const fresh = task.value?.items ?? [];
  return {
    items: [...older, ...fresh],
    loading: task.loading,
    error: task.error,
    again: () => {
      setOlder([]);
      setCursor(null);
      task.again();
    },
    more: next
      ? () => {
          setOlder((before) => [...before, ...fresh]);
          setCursor(next);
        }
      : undefined,
  };
}
