import { Archive } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { PictureField } from "@/hooks/PictureField";
import { useWish } from "@/hooks/task";
import { useErrorText, useFace } from "@/hooks/words";
import type { ConversationState } from "@/sync/state";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { AreaField, Field, SelectField } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./Dialogs.module.css";

/** Seconds; the server's where a room has none of its own. */
const WINDOWS = [0, 120, 300, 900, 3600, 86_400, 31_536_000];

/** Days; as the server keeps them where a room has no time of its own. */
const RETENTIONS = [1, 7, 30, 90, 365, 1095];

/** Moderators decide how long messages may be changed; owner and admins everything. */
export function mayChangeRoom({ facts, me }: ConversationState): boolean {
  return facts.kind === "group" && me.role !== "member" && facts.archived_at === null;
}

function rules({ me }: ConversationState): boolean {
  return me.role === "owner" || me.role === "admin";
}

interface RoomSettingsProps {
  open: boolean;
  onClose: () => void;
  conversation: ConversationState;
  onArchived: () => void;
}

export function RoomSettings({ open, onClose, conversation, onArchived }: RoomSettingsProps) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onClose={onClose} title={t("rooms.settings")} closeLabel={t("app.close")}>
      {rules(conversation) && <RoomPicture conversation={conversation} />}
      <SettingsForm conversation={conversation} onSaved={onClose} />
      {rules(conversation) && <ArchiveRoom conversation={conversation} onArchived={onArchived} />}
    </Dialog>
  );
}

function RoomPicture({ conversation }: { conversation: ConversationState }) {
  const client = useClient();
  const face = useFace(conversation);
  const { id } = conversation.facts;
  const change = (file: File | null) =>
    file
      ? client.api.setRoomAvatar(id, { blob: file, name: file.name })
      : client.api.removeRoomAvatar(id);
  return <PictureField face={face} onChange={change} />;
}

interface FormProps {
  conversation: ConversationState;
  onSaved: () => void;
}

function SettingsForm({ conversation, onSaved }: FormProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const { facts } = conversation;
  const all = rules(conversation);
  const [name, setName] = useState(facts.name ?? "");
  const [description, setDescription] = useState(facts.description ?? "");
  const [access, setAccess] = useState<"public" | "private">(facts.public ? "public" : "private");
  const usual = useWorld(({ limits }) => limits.edit_window);
  const [window, setWindow] = useState(facts.edit_window ?? usual);
  const [retention, setRetention] = useState(facts.retention_days);
  const save = useWish(async () => {
    // Only what is different: two who change different things do not undo one another.
    const changes = {
      ...(name.trim() !== facts.name && { name: name.trim() }),
      ...(description.trim() !== (facts.description ?? "") && { description: description.trim() }),
      ...((access === "public") !== facts.public && { public: access === "public" }),
      ...(window !== (facts.edit_window ?? usual) && { edit_window: window }),
      ...(retention !== facts.retention_days && { retention_days: retention }),
    };
    if (Object.keys(changes).length > 0) await client.api.changeRoom(facts.id, changes);
    onSaved();
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) void save.run();
      }}
    >
      {save.error !== undefined && <Notice>{textOf(save.error)}</Notice>}
      {all && (
        <>
          <Field
            label={t("rooms.name")}
            required
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <AreaField
            label={t("rooms.description")}
            placeholder={t("rooms.optional")}
            maxLength={2000}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
          <Choice
            label={t("rooms.access")}
            value={access}
            onChange={setAccess}
            options={[
              { value: "public", label: t("rooms.public"), hint: t("rooms.publicHint") },
              { value: "private", label: t("rooms.private"), hint: t("rooms.privateHint") },
            ]}
          />
        </>
      )}
      <SelectField
        label={t("rooms.editWindow")}
        hint={t("rooms.editWindowHint")}
        value={String(window)}
        onChange={(event) => setWindow(Number(event.target.value))}
      >
        {[...new Set([...WINDOWS, window])]
          .sort((a, b) => a - b)
          .map((seconds) => (
            <option key={seconds} value={seconds}>
              {windowText(t, seconds)}
            </option>
          ))}
      </SelectField>
      {all && <Retention days={retention} onChange={setRetention} />}
      <Button type="submit" look="primary" wide busy={save.busy} disabled={all && !name.trim()}>
        {t("app.save")}
      </Button>
    </form>
  );
}

interface RetentionProps {
  /** Null: as the server says. */
  days: number | null;
  onChange: (days: number | null) => void;
}

function Retention({ days, onChange }: RetentionProps) {
  const { t } = useTranslation();
  const known = [...new Set([...RETENTIONS, ...(days === null ? [] : [days])])];
  return (
    <SelectField
      label={t("rooms.retention")}
      hint={t("rooms.retentionHint")}
      value={days === null ? "" : String(days)}
      onChange={({ target }) => onChange(target.value ? Number(target.value) : null)}
    >
      <option value="">{t("rooms.retentionServer")}</option>
      {known
        .sort((a, b) => a - b)
        .map((count) => (
          <option key={count} value={count}>
            {t("rooms.window.days", { count })}
          </option>
        ))}
    </SelectField>
  );
}

function windowText(t: ReturnType<typeof useTranslation>["t"], seconds: number): string {
  if (seconds === 0) return t("rooms.window.never");
  if (seconds >= 31_536_000) return t("rooms.window.always");
  if (seconds >= 86_400) return t("rooms.window.days", { count: Math.round(seconds / 86_400) });
  if (seconds >= 3600) return t("rooms.window.hours", { count: Math.round(seconds / 3600) });
  return t("rooms.window.minutes", { count: Math.max(1, Math.round(seconds / 60)) });
}

function ArchiveRoom({
  conversation,
  onArchived,
}: Omit<FormProps, "onSaved"> & { onArchived: () => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [asked, setAsked] = useState(false);
  const archive = useWish(async () => {
    await client.api.archive(conversation.facts.id);
    onArchived();
  });
  return (
    <section className={styles.danger} aria-label={t("rooms.archive")}>
      {archive.error !== undefined && <Notice>{textOf(archive.error)}</Notice>}
      <p>{t(asked ? "rooms.archiveSure" : "rooms.archiveText")}</p>
      <div className={styles.row}>
        {asked && <Button onClick={() => setAsked(false)}>{t("app.cancel")}</Button>}
        <Button
          look="danger"
          busy={archive.busy}
          onClick={() => (asked ? void archive.run() : setAsked(true))}
        >
          <Archive size={18} aria-hidden="true" /> {t("rooms.archive")}
        </Button>
      </div>
    </section>
  );
}
