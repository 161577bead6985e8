import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { inDays } from "@/i18n/times";
import type { Invite } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { CopyField } from "@/ui/CopyField";
import { SelectField } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./Admin.module.css";

const USES = [1, 5, 10, 25, 100];
const DAYS = [1, 7, 30];
const ANY = "any";

/** How many may come by it, until when, into which room. */
export function NewInvite({ onMade }: { onMade: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const conversations = useWorld((world) => world.conversations);
  const { compare } = new Intl.Collator(i18n.language);
  const rooms = Object.values(conversations)
    .map(({ facts }) => facts)
    .filter(({ kind, archived_at }) => kind === "group" && archived_at === null)
    .sort((a, b) => compare(a.name ?? "", b.name ?? ""));
  const [uses, setUses] = useState("10");
  const [days, setDays] = useState("7");
  const [room, setRoom] = useState("");
  const [made, setMade] = useState<Invite | null>(null);
  const make = useWish(async () => {
    const invite = await client.accounts.invite({
      uses: uses === ANY ? null : Number(uses),
      expires_at: days === ANY ? null : inDays(Number(days)),
      conversation_id: room || null,
    });
    setMade(invite);
    onMade();
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void make.run();
      }}
    >
      {make.error !== undefined && <Notice>{textOf(make.error)}</Notice>}
      <div className={styles.fields}>
        <SelectField
          label={t("admin.uses")}
          value={uses}
          onChange={(event) => setUses(event.target.value)}
        >
          {USES.map((count) => (
            <option key={count} value={count}>
              {count === 1 ? t("admin.usesOne") : t("admin.usesSome", { count })}
            </option>
          ))}
          <option value={ANY}>{t("admin.usesAny")}</option>
        </SelectField>
        <SelectField
          label={t("admin.expires")}
          value={days}
          onChange={(event) => setDays(event.target.value)}
        >
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {t("admin.days", { count })}
            </option>
          ))}
          <option value={ANY}>{t("admin.noEnd")}</option>
        </SelectField>
        <SelectField
          label={t("admin.room")}
          value={room}
          onChange={(event) => setRoom(event.target.value)}
        >
          <option value="">{t("admin.noRoom")}</option>
          {rooms.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <Button type="submit" className={styles.start ?? ""} look="primary" busy={make.busy}>
        {t("admin.makeInvite")}
      </Button>
      {made && (
        <CopyField
          key={made.id}
          label={t("admin.link")}
          value={made.url}
          copy={t("app.copy")}
          copied={t("app.copied")}
        />
      )}
    </form>
  );
}
