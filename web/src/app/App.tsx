/** Which page: before the login, or the shell. */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch, useLocation, useSearch, useSearchParams } from "wouter";
import { AuthPage } from "@/features/auth/AuthPage";
import { ResetPage } from "@/features/auth/ResetPage";
import { useWorld } from "@/hooks/client";
import { useLate } from "@/hooks/task";
import { adoptLanguage } from "@/i18n";
import { Mark } from "@/ui/Mark";
import styles from "./App.module.css";
import { Shell } from "./Shell";

export function App() {
  const phase = useWorld((world) => world.phase);
  const [path] = useLocation();
  const [params] = useSearchParams();
  // The link may be for another account than the one that is signed in here.
  if (path === "/reset") return <ResetPage token={params.get("token")} />;
  if (phase === "signed-in") return <SignedIn />;
  if (phase === "signed-out") return <SignedOut />;
  return <Starting unreachable={phase === "unreachable"} />;
}

function SignedIn() {
  const [path, navigate] = useLocation();
  const locale = useWorld((world) => world.me?.locale);
  useEffect(() => {
    if (locale) void adoptLanguage(locale);
  }, [locale]);
  const isAuth = path === "/login" || path === "/register";
  useEffect(() => {
    // Back to where the login page was met, if it was met on the way somewhere.
    if (isAuth) navigate(history.state?.from ?? "/", { replace: true });
  }, [isAuth, navigate]);
  return isAuth ? null : <Shell />;
}

function SignedOut() {
  const [path] = useLocation();
  const query = useSearch();
  const [params] = useSearchParams();
  return (
    <Switch>
      <Route path="/login">
        <AuthPage mode="login" />
      </Route>
      <Route path="/register">
        <AuthPage mode="register" invite={params.get("invite")} />
      </Route>
      <Route>
        <Redirect to="/login" replace state={{ from: query ? `${path}?${query}` : path }} />
      </Route>
    </Switch>
  );
}

function Starting({ unreachable }: { unreachable: boolean }) {
  const { t } = useTranslation();
  const late = useLate(true, 300);
  return (
    <div className={styles.starting} role="status">
      {(late || unreachable) && (
        <>
          <Mark size={48} />
          <p>{unreachable ? t("app.unreachable") : t("app.starting")}</p>
        </>
      )}
    </div>
  );
}
