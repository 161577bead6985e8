import { LogOut } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { chooseLanguage, languages, nameOfLanguage } from "@/i18n";
import { longDate } from "@/i18n/times";
import type { Me } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Notice } from "@/ui/Notice";
import styles from "./SettingsPage.module.css";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "./theme";

interface SettingsPageProps {
  me: Me;
  back: ReactNode;
  onSignOut: () => Promise<void>;
}

export function SettingsPage({ me, back, onSignOut }: SettingsPageProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const signOut = useWish(onSignOut);
  return (
    <section className={styles.page}>
      <title>{`${t("settings.title")} · ${t("app.name")}`}</title>
      <header className={styles.head}>
        {back}
        <h1>{t("settings.title")}</h1>
      </header>
      <div className={styles.body}>
        <Profile me={me} />
        <Appearance />
        <section className={styles.card} aria-label={t("settings.signOut")}>
          {signOut.error !== undefined && <Notice>{textOf(signOut.error)}</Notice>}
          <Button look="danger" busy={signOut.busy} onClick={() => void signOut.run()}>
            <LogOut size={18} aria-hidden="true" /> {t("settings.signOut")}
          </Button>
          <p className={styles.hint}>{t("settings.signOutHint")}</p>
        </section>
      </div>
    </section>
  );
}

function Profile({ me }: { me: Me }) {
  const { t, i18n } = useTranslation();
  return (
    <section className={styles.card} aria-labelledby="settings-profile">
      <h2 id="settings-profile">{t("settings.profile")}</h2>
      <div className={styles.person}>
        <Avatar name={me.display_name} hueKey={me.id} image={me.avatar_url} size="l" />
        <div>
          <p className={styles.name}>{me.display_name}</p>
          <p className={styles.hint}>@{me.username}</p>
        </div>
      </div>
      <dl className={styles.facts}>
        {me.email && (
          <div>
            <dt>{t("settings.email")}</dt>
            <dd>{me.email}</dd>
          </div>
        )}
        <div>
          <dt>{t("settings.roleTitle")}</dt>
          <dd>{t(`settings.role.${me.role}`)}</dd>
        </div>
        <div>
          <dt>{t("settings.since")}</dt>
          <dd>{longDate(me.created_at, i18n.language)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Appearance() {
  const { t, i18n } = useTranslation();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  return (
    <section className={styles.card} aria-labelledby="settings-appearance">
      <h2 id="settings-appearance">{t("settings.appearance")}</h2>
      <Choice
        label={t("settings.language")}
        value={i18n.language}
        options={languages.map((tag) => ({ value: tag, label: nameOfLanguage(tag) }))}
        onChange={(tag) => void chooseLanguage(tag)}
      />
      <Choice
        label={t("settings.theme")}
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
        onChange={(value) => {
          chooseTheme(value);
          setTheme(value);
        }}
      />
    </section>
  );
}
