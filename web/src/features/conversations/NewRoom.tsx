import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { randomId } from "@/sync/browser";
import type { User } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { AreaField, Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./Dialogs.module.css";
import { PeopleSearch } from "./PeopleSearch";

interface NewRoomProps {
  open: boolean;
  onClose: () => void;
  /** Called with the id of the room that was made. */
  onMade: (id: string) => void;
}

export function NewRoom({ open, onClose, onMade }: NewRoomProps) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onClose={onClose} title={t("list.newRoom")} closeLabel={t("app.close")}>
      <RoomForm onMade={onMade} />
    </Dialog>
  );
}

function RoomForm({ onMade }: { onMade: (id: string) => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  // One id for all tries: a repeated wish makes one room.
  const [clientId] = useState(randomId);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [access, setAccess] = useState<"public" | "private">("public");
  const [people, setPeople] = useState<User[]>([]);
  const wish = useWish(async () => {
    const room = await client.api.createRoom({
      name: name.trim(),
      ...(description.trim() ? { description: description.trim() } : {}),
      public: access === "public",
      member_ids: people.map((user) => user.id),
      client_id: clientId,
    });
    client.adopt(room);
    onMade(room.id);
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) void wish.run();
      }}
    >
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <Field
        label={t("rooms.name")}
        placeholder={t("rooms.namePlaceholder")}
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
      <RoomPeople people={people} onChange={setPeople} />
      <Button type="submit" look="primary" wide busy={wish.busy} disabled={!name.trim()}>
        {t("rooms.create")}
      </Button>
    </form>
  );
}

function RoomPeople({ people, onChange }: { people: User[]; onChange: (people: User[]) => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const meId = client.store.getSnapshot().me?.id ?? "";
  return (
    <fieldset className={styles.group}>
      <legend>{t("rooms.addPeople")}</legend>
      {people.length > 0 && (
        <ul className={styles.chips}>
          {people.map((user) => (
            <li key={user.id}>
              <button
                type="button"
                className={styles.chip}
                aria-label={t("people.remove", { name: user.display_name })}
                onClick={() => onChange(people.filter((other) => other.id !== user.id))}
              >
                {user.display_name}
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <PeopleSearch
        without={new Set([meId, ...people.map((user) => user.id)])}
        onPick={(user) => onChange([...people, user])}
      />
    </fieldset>
  );
}
