import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { Assistant } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { DialogFoot } from "@/ui/Dialog";
import { AreaField, Field, SelectField } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { Options } from "@/ui/Options";
import styles from "./Admin.module.css";
import { type Draft, draftOf, formOf } from "./assistant";
import { Chain } from "./Chain";

const IMAGES = ["auto", "yes", "no"] as const;
const TRIGGERS = ["always", "mention", "until_human"] as const;

interface AssistantEditorProps {
  /** Null: a new one. */
  assistant: Assistant | null;
  onSaved: () => void;
}

/** What an assistant is called, what it is told, whom it asks, when it answers. */
export function AssistantEditor({ assistant, onSaved }: AssistantEditorProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [draft, setDraft] = useState(() => draftOf(assistant));
  const put = (changes: Partial<Draft>) => setDraft((old) => ({ ...old, ...changes }));
  const save = useWish(async () => {
    const form = formOf(draft);
    if (assistant) await client.assistants.change(assistant.id, form);
    else await client.assistants.create(form);
    onSaved();
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      {save.error !== undefined && <Notice>{textOf(save.error)}</Notice>}
      <Field
        label={t("assistants.admin.name")}
        required
        maxLength={80}
        value={draft.name}
        onChange={(event) => put({ name: event.target.value })}
      />
      <AreaField
        label={t("assistants.admin.instructions")}
        hint={t("assistants.admin.instructionsHint")}
        rows={5}
        value={draft.instructions}
        onChange={(event) => put({ instructions: event.target.value })}
      />
      <Chain providers={draft.providers} onChange={(providers) => put({ providers })} />
      <div>
        <p className={styles.label}>{t("assistants.admin.trigger")}</p>
        <Options
          label={t("assistants.admin.trigger")}
          value={draft.trigger}
          options={TRIGGERS.map((value) => ({
            value,
            label: t(`assistants.admin.${value}`),
            hint: t(`assistants.admin.${value}Hint`),
          }))}
          onChange={(trigger) => put({ trigger })}
        />
      </div>
      <Field
        label={t("assistants.admin.avatar")}
        hint={t("assistants.admin.avatarHint")}
        type="url"
        pattern="https://.*"
        value={draft.avatar}
        onChange={(event) => put({ avatar: event.target.value })}
      />
      <ModelSettings draft={draft} put={put} />
      <DialogFoot>
        <Button type="submit" look="primary" busy={save.busy}>
          {t("assistants.admin.save")}
        </Button>
      </DialogFoot>
    </form>
  );
}

interface ModelSettingsProps {
  draft: Draft;
  put: (changes: Partial<Draft>) => void;
}

/** What most assistants leave as it is. */
function ModelSettings({ draft, put }: ModelSettingsProps) {
  const { t } = useTranslation();
  const number = (name: "messages" | "characters" | "temperature" | "maxTokens") => ({
    label: t(`assistants.admin.${name}`),
    type: "number",
    value: draft[name],
    onChange: (event: { target: { value: string } }) => put({ [name]: event.target.value }),
  });
  return (
    <details className={styles.more}>
      <summary>{t("assistants.admin.more")}</summary>
      <div className={styles.fields}>
        <Field {...number("messages")} min={1} max={1000} required />
        <Field {...number("characters")} min={1000} max={2_000_000} required />
        <Field
          {...number("temperature")}
          min={0}
          max={2}
          step={0.1}
          hint={t("assistants.admin.auto")}
        />
        <Field {...number("maxTokens")} min={1} hint={t("assistants.admin.auto")} />
      </div>
      <SelectField
        label={t("assistants.admin.images.label")}
        hint={t("assistants.admin.images.hint")}
        value={draft.images}
        onChange={(event) => put({ images: event.target.value as Draft["images"] })}
      >
        {IMAGES.map((value) => (
          <option key={value} value={value}>
            {t(`assistants.admin.images.${value}`)}
          </option>
        ))}
      </SelectField>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={draft.summary}
          onChange={(event) => put({ summary: event.target.checked })}
        />
        {t("assistants.admin.summary")}
      </label>
    </details>
  );
}
