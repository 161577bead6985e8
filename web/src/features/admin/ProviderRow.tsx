import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { providerName } from "@/hooks/providers";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { ModelProvider, ProviderTest } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./Admin.module.css";

interface ProviderRowProps {
  provider: ModelProvider;
  onChanged: () => void;
}

/** One provider: whether it has a key, a test of it, and a way to set another one. */
export function ProviderRow({ provider, onChanged }: ProviderRowProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [open, setOpen] = useState(false);
  const [told, setTold] = useState<ProviderTest | null>(null);
  const test = useWish(async (key?: string, url?: string) => {
    setTold(null);
    const asked = { provider: provider.provider, ...(key ? { key } : {}), ...(url ? { url } : {}) };
    setTold(await client.providers.test(asked));
  });
  return (
    <li className={styles.provider}>
      <div className={styles.account}>
        <p className={styles.about}>
          <strong>
            {providerName(t, provider.provider)}
            <code className={styles.word}>{provider.provider}</code>
          </strong>
          <small>
            <Standing provider={provider} />
          </small>
        </p>
        <div className={styles.tools}>
          <Button busy={test.busy} onClick={() => void test.run()}>
            {t(test.busy ? "providers.testing" : "providers.test")}
          </Button>
          {provider.key.source !== "environment" && (
            <Button aria-expanded={open} onClick={() => setOpen(!open)}>
              {t(provider.key.set || !provider.needs_key ? "providers.change" : "providers.set")}
            </Button>
          )}
        </div>
      </div>
      {test.error !== undefined && <Notice>{textOf(test.error)}</Notice>}
      {told && (
        <Notice tone={told.ok ? "calm" : "error"}>
          {told.ok ? t("providers.ok", { ms: told.ms }) : t("providers.notOk", { ...told })}
        </Notice>
      )}
      {open && (
        <KeyForm
          provider={provider}
          onTest={(key, url) => void test.run(key, url)}
          onSaved={() => {
            setOpen(false);
            onChanged();
          }}
        />
      )}
    </li>
  );
}

function Standing({ provider }: { provider: ModelProvider }) {
  const { t } = useTranslation();
  const { key, needs_key, circuit, retry_in, url, region } = provider;
  const known = key.hint ? t("providers.keySet", { hint: key.hint }) : t("providers.keyKnown");
  const none = t(needs_key ? "providers.keyNone" : "providers.keyNot");
  const parts = [key.set ? known : none];
  if (key.source === "environment") parts.push(t("providers.byServer"));
  if (url) parts.push(url);
  if (region) parts.push(region);
  if (circuit === "open") parts.push(t("providers.paused", { count: Math.ceil(retry_in) }));
  return parts.join(" · ");
}

interface KeyFormProps {
  provider: ModelProvider;
  onTest: (key: string, url: string) => void;
  onSaved: () => void;
}

function KeyForm({ provider, onTest, onSaved }: KeyFormProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [key, setKey] = useState("");
  const [url, setUrl] = useState(provider.url ?? "");
  const save = useWish(async (change: { key?: string | null; url?: string | null }) => {
    await client.providers.change([{ provider: provider.provider, ...change }]);
    onSaved();
  });
  const address = url.trim() || null;
  const changes = {
    ...(key.trim() ? { key: key.trim() } : {}),
    ...(address === provider.url ? {} : { url: address }),
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save.run(changes);
      }}
    >
      {save.error !== undefined && <Notice>{textOf(save.error)}</Notice>}
      <div className={styles.fields}>
        <Field
          label={t("providers.key")}
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Field
          label={t("providers.url")}
          hint={t("providers.urlHint")}
          spellCheck={false}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      </div>
      <div className={styles.tools}>
        <Button
          type="submit"
          look="primary"
          busy={save.busy}
          disabled={!("key" in changes || "url" in changes)}
        >
          {t("app.save")}
        </Button>
        <Button disabled={key.trim() === ""} onClick={() => onTest(key.trim(), url.trim())}>
          {t("providers.test")}
        </Button>
        {provider.key.set && (
          <Button look="danger" busy={save.busy} onClick={() => void save.run({ key: null })}>
            {t("providers.forget")}
          </Button>
        )}
      </div>
    </form>
  );
}
