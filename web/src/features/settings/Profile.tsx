import { Check } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { PictureField } from "@/hooks/PictureField";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { longDate } from "@/i18n/times";
import type { Me } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Field, SelectField } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import styles from "./SettingsPage.module.css";

const ZONES = Intl.supportedValuesOf("timeZone");

/** Who one is to others. */
export function Profile({ me }: { me: Me }) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [name, setName] = useState(me.display_name);
  const [email, setEmail] = useState(me.email ?? "");
  const [zone, setZone] = useState(me.time_zone ?? "");
  const [saved, setSaved] = useState(false);
  const save = useWish(async () => {
    const changes = {
      ...(name.trim() !== me.display_name && { display_name: name.trim() }),
      ...(email.trim() !== (me.email ?? "") && { email: email.trim() || null }),
      ...(zone !== (me.time_zone ?? "") && { time_zone: zone || null }),
    };
    client.known(await client.accounts.changeMe(changes));
    setSaved(true);
  });
  const edit = (change: () => void) => {
    setSaved(false);
    change();
  };
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Card title={t("settings.profile")} quiet>
      <div className={styles.person}>
        <div>
          <p className={styles.name}>{me.display_name}</p>
          <p className={styles.hint}>
            @{me.username} · {t(`settings.role.${me.role}`)}
          </p>
          <p className={styles.hint}>
            {t("settings.since")} {longDate(me.created_at, i18n.language)}
          </p>
        </div>
      </div>
      <PictureField
        face={{ name: me.display_name, hueKey: me.id, image: me.avatar_url }}
        onChange={async (file) => {
          const wish = file
            ? client.api.setMyAvatar({ blob: file, name: file.name })
            : client.api.removeMyAvatar();
          client.known(await wish);
        }}
      />
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void save.run();
        }}
      >
        {save.error !== undefined && <Notice>{textOf(save.error)}</Notice>}
        <Field
          label={t("settings.displayName")}
          autoComplete="name"
          required
          maxLength={80}
          value={name}
          onChange={(event) => edit(() => setName(event.target.value))}
        />
        <Field
          label={t("settings.email")}
          hint={t("settings.emailHint")}
          type="email"
          autoComplete="email"
          maxLength={254}
          value={email}
          onChange={(event) => edit(() => setEmail(event.target.value))}
        />
        <SelectField
          label={t("settings.timeZone")}
          value={zone}
          onChange={(event) => edit(() => setZone(event.target.value))}
        >
          <option value="">{t("settings.timeZoneAuto", { zone: here })}</option>
          {[...new Set([...ZONES, ...(zone ? [zone] : [])])].map((known) => (
            <option key={known} value={known}>
              {known.replaceAll("_", " ")}
            </option>
          ))}
        </SelectField>
        <div className={styles.done}>
          <Button type="submit" look="primary" busy={save.busy} disabled={!name.trim()}>
            {t("app.save")}
          </Button>
          <span role="status" className={styles.hint}>
            {saved && (
              <>
                <Check size={16} aria-hidden="true" /> {t("app.saved")}
              </>
            )}
          </span>
        </div>
      </form>
    </Card>
  );
}
