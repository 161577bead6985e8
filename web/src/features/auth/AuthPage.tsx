import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { ApiError } from "@/sync/api";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Mark } from "@/ui/Mark";
import { Notice } from "@/ui/Notice";
import styles from "./AuthPage.module.css";

/** Sign in, or create an account: one form, since one differs from the other in a field or two. */
export function AuthPage({ mode }: { mode: "login" | "register" }) {
  const { t } = useTranslation();
  const registering = mode === "register";
  const title = t(registering ? "auth.registerTitle" : "auth.loginTitle");
  return (
    <main className={styles.page}>
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className={styles.card}>
        <p className={styles.brand}>
          <Mark size={36} />
          <span>{t("app.name")}</span>
        </p>
        <h1 className={styles.title}>{title}</h1>
        <AuthForm key={mode} registering={registering} />
        <p className={styles.other}>
          {t(registering ? "auth.toLogin" : "auth.toRegister")}{" "}
          <Link href={registering ? "/login" : "/register"}>
            {t(registering ? "auth.login" : "auth.register")}
          </Link>
        </p>
      </div>
      <p className={styles.tagline}>{t("app.tagline")}</p>
    </main>
  );
}

function AuthForm({ registering }: { registering: boolean }) {
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
