import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { ApiError } from "@/sync/api";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./AuthPage.module.css";
import { Frame } from "./Frame";

interface AuthPageProps {
  mode: "login" | "register";
  /** The code of an invite, from the address. */
  invite?: string | null;
}

/** Sign in, or create an account: one form, since one differs from the other in a field or two. */
export function AuthPage({ mode, invite = null }: AuthPageProps) {
  const { t } = useTranslation();
  const registering = mode === "register";
  const other = registering ? "/login" : "/register";
  return (
    <Frame title={t(registering ? "auth.registerTitle" : "auth.loginTitle")}>
      {registering && invite && (
        <div className={styles.invited}>
          <Notice tone="calm">{t("auth.invited")}</Notice>
        </div>
      )}
      <AuthForm key={mode} registering={registering} invite={invite} />
      <p className={styles.other}>
        {t(registering ? "auth.toLogin" : "auth.toRegister")}{" "}
        <Link href={other}>{t(registering ? "auth.login" : "auth.register")}</Link>
      </p>
    </Frame>
  );
}

function AuthForm({ registering, invite }: { registering: boolean; invite: string | null }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [checked, setChecked] = useState(false);
  const [form, setForm] = useState({ username: "", displayName: "", password: "" });
  const faults = registering ? faultsOf(form) : {};
  const wish = useWish(() =>
    registering
      ? client.session.register({
          username: form.username.trim(),
          password: form.password,
          ...(invite ? { invite } : {}),
          ...(form.displayName.trim() ? { display_name: form.displayName.trim() } : {}),
        })
      : client.session.signIn(form.username.trim(), form.password),
  );
  const taken = wish.error instanceof ApiError && wish.error.code === "username_taken";
  const set = (field: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm((old) => ({ ...old, [field]: event.target.value }));
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (form.username && form.password && Object.keys(faults).length === 0) void wish.run();
      }}
    >
      {wish.error !== undefined && !taken && (
        <Notice>{ruleOf(wish.error) ?? textOf(wish.error)}</Notice>
      )}
      <Field
        label={t(registering ? "auth.username" : "auth.usernameOrEmail")}
        hint={registering ? t("auth.usernameHint") : undefined}
        error={
          taken ? textOf(wish.error) : checked && faults.username ? t(faults.username) : undefined
        }
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus
        value={form.username}
        onChange={set("username")}
      />
      {registering && (
        <Field
          label={t("auth.displayName")}
          hint={t("auth.displayNameHint")}
          name="name"
          autoComplete="name"
          maxLength={80}
          value={form.displayName}
          onChange={set("displayName")}
        />
      )}
      <Field
        label={t("auth.password")}
        hint={registering ? t("auth.passwordHint") : undefined}
        error={checked && faults.password ? t(faults.password) : undefined}
        name="password"
        type="password"
        autoComplete={registering ? "new-password" : "current-password"}
        required
        value={form.password}
        onChange={set("password")}
      />
      <Button type="submit" look="primary" wide busy={wish.busy}>
        {t(registering ? "auth.register" : "auth.login")}
      </Button>
    </form>
  );
}

const NAME = /^[\p{L}\p{M}\p{N}_.-]+$/u;

/** What can be said without asking the server. */
function faultsOf(form: { username: string; password: string }) {
  const name = form.username.trim();
  const length = [...name].length;
  return {
    ...(NAME.test(name) ? {} : { username: "errors.usernameForm" as const }),
    ...(length < 2 || length > 32 ? { username: "errors.usernameShort" as const } : {}),
    ...(form.password.length < 8 ? { password: "errors.passwordShort" as const } : {}),
  };
}

/** The rule that was broken, in the server's words. */
function ruleOf(error: unknown): string | undefined {
  return error instanceof ApiError ? error.errors[0]?.msg : undefined;
}
