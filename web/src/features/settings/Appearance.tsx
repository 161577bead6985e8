import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { chooseLanguage, languages, nameOfLanguage } from "@/i18n";
import { Choice } from "@/ui/Choice";
import { Card } from "@/ui/Page";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "./theme";

/** Language, of this browser and of the account, and theme, of this browser. */
export function Appearance() {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const choose = async (tag: string) => {
    await chooseLanguage(tag);
    // The account remembers it for other devices; this one has it already.
    await client.accounts.changeMe({ locale: tag }).then(
      (me) => client.known(me),
      () => undefined,
    );
  };
  return (
    <Card title={t("settings.appearance")}>
      <Choice
        label={t("settings.language")}
        value={i18n.language}
        options={languages.map((tag) => ({ value: tag, label: nameOfLanguage(tag) }))}
        onChange={(tag) => void choose(tag)}
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
    </Card>
  );
}
