import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { full } from "@/i18n/times";
import type { NewAccount as Made, WorkspaceRole } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { CopyField } from "@/ui/CopyField";
import { Field, SelectField } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./Admin.module.css";
import { rolesToGive } from "./standing";

interface NewAccountProps {
  ownRole: WorkspaceRole;
  onMade: () => void;
  onDone: () => void;
}

const BLANK = { username: "", name: "", email: "", password: "" };

/** An account for somebody else; without a password they get a link to set one. */
export function NewAccount({ ownRole, onMade, onDone }: NewAccountProps) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [form, setForm] = useState(BLANK);
  const [role, setRole] = useState<WorkspaceRole>("member");
  const [made, setMade] = useState<Made | null>(null);
  const wish = useWish(async () => {
    const { username, name, email, password } = form;
    const account = await client.accounts.make({
      username: username.trim(),
      role,
      ...(name.trim() && { display_name: name.trim() }),
      ...(email.trim() && { email: email.trim() }),
      ...(password && { password }),
    });
    setMade(account);
    onMade();
  });
  const set = (field: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm((old) => ({ ...old, [field]: event.target.value }));
  if (made) {
    return (
      <div className={styles.form}>
        <Notice tone="calm">{t("admin.created", { name: made.display_name })}</Notice>
        {made.reset && (
          <>
            <p className={styles.hint}>
              {t("admin.setText", { time: full(made.reset.expires_at, i18n.language) })}
            </p>
            <CopyField
              label={t("admin.link")}
              value={made.reset.url}
              copy={t("app.copy")}
              copied={t("app.copied")}
            />
          </>
        )}
        <Button wide onClick={onDone}>
          {t("app.done")}
        </Button>
      </div>
    );
  }
  return (
    <form
      className={styles.form}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (form.username.trim()) void wish.run();
      }}
    >
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <Field
        label={t("admin.username")}
        hint={t("auth.usernameHint")}
        required
        autoCapitalize="none"
        spellCheck={false}
        value={form.username}
        onChange={set("username")}
      />
      <Field
        label={t("admin.displayName")}
        placeholder={t("rooms.optional")}
        maxLength={80}
        value={form.name}
        onChange={set("name")}
      />
      <Field
        label={t("admin.email")}
        placeholder={t("rooms.optional")}
        type="email"
        value={form.email}
        onChange={set("email")}
      />
      <Field
        label={t("admin.password")}
        hint={t("admin.passwordHint")}
        type="password"
        autoComplete="new-password"
        value={form.password}
        onChange={set("password")}
      />
      <SelectField
        label={t("admin.role")}
        value={role}
        onChange={(event) => setRole(event.target.value as WorkspaceRole)}
      >
        {rolesToGive(ownRole).map((value) => (
          <option key={value} value={value}>
            {t(`admin.roles.${value}`)}
          </option>
        ))}
      </SelectField>
      <Button type="submit" look="primary" wide busy={wish.busy} disabled={!form.username.trim()}>
        {t("admin.create")}
      </Button>
    </form>
  );
}
