import { LogOut } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Parts } from "@/hooks/Parts";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { Me } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { Card, Page } from "@/ui/Page";
import { Appearance } from "./Appearance";
import { Logins } from "./Logins";
import { OwnUsage } from "./OwnUsage";
import { Password } from "./Password";
import { Profile } from "./Profile";
import styles from "./SettingsPage.module.css";
import { Tokens } from "./Tokens";

interface SettingsPageProps {
  me: Me;
  /** From the address; nothing: the general ones. */
  part: string | undefined;
  back: ReactNode;
  onSignOut: () => Promise<void>;
}

export function SettingsPage({ me, part, back, onSignOut }: SettingsPageProps) {
  const { t } = useTranslation();
  return (
    <Page
      title={t("settings.title")}
      tab={`${t("settings.title")} · ${t("app.name")}`}
      back={back}
      parts={
        <Parts
          label={t("settings.parts")}
          parts={[
            { href: "/settings", label: t("settings.general") },
            { href: "/settings/security", label: t("settings.security") },
            { href: "/settings/tokens", label: t("settings.tokens") },
            { href: "/settings/usage", label: t("usage.title") },
          ]}
        />
      }
    >
      {part === "security" ? (
        <>
          <Password username={me.username ?? ""} />
          <Logins />
        </>
      ) : part === "tokens" ? (
        <Tokens />
      ) : part === "usage" ? (
        <OwnUsage />
      ) : (
        <>
          <Profile me={me} />
          <Appearance />
          <SignOut onSignOut={onSignOut} />
        </>
      )}
    </Page>
  );
}

function SignOut({ onSignOut }: { onSignOut: () => Promise<void> }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const signOut = useWish(onSignOut);
  return (
    <Card title={t("settings.signOut")} quiet>
      {signOut.error !== undefined && <Notice>{textOf(signOut.error)}</Notice>}
      <Button
        className={styles.start ?? ""}
        look="danger"
        busy={signOut.busy}
        onClick={() => void signOut.run()}
      >
        <LogOut size={18} aria-hidden="true" /> {t("settings.signOut")}
      </Button>
      <p className={styles.hint}>{t("settings.signOutHint")}</p>
    </Card>
  );
}
