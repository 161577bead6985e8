import { useDeferredValue, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useLate, useTask } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { User } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Notice, Skeleton } from "@/ui/Notice";
import { SearchField } from "@/ui/SearchField";
import styles from "./PeopleSearch.module.css";

interface PeopleSearchProps {
  /** People who are not offered, by id. */
  without: ReadonlySet<string>;
  onPick: (user: User) => void;
  /** An entry of its own above those found. */
  lead?: React.ReactNode;
}

/** Finds people by name; each one found is a button. */
export function PeopleSearch({ without, onPick, lead }: PeopleSearchProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [query, setQuery] = useState("");
  const asked = useDeferredValue(query.trim());
  const found = useTask(async () => {
    // While somebody types, only the last word counts.
    await new Promise((resolve) => setTimeout(resolve, asked ? 150 : 0));
    return client.api.users(asked);
  }, [asked]);
  const late = useLate(found.loading && !found.value, 300);
  const people = found.value?.items.filter((user) => !without.has(user.id)) ?? [];
  const place = useRef<HTMLDivElement>(null);
  const pick = (user: User) => {
    // Whoever was looked for is found: the next name can be typed.
    if (query) place.current?.querySelector("input")?.focus();
    setQuery("");
    onPick(user);
  };
  return (
    <div ref={place} className={styles.search}>
      <SearchField
        label={t("people.search")}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      />
      {found.error !== undefined && (
        <Notice>
          {textOf(found.error)}
          <Button onClick={found.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={3} label={t("app.loading")} />}
      <ul className={styles.people}>
        {!asked && lead}
        {people.map((user) => (
          <li key={user.id}>
            <PersonButton user={user} onPick={() => pick(user)} />
          </li>
        ))}
      </ul>
      {found.value && people.length === 0 && (
        <p className={styles.none}>
          {asked ? t("people.none", { query: asked }) : t("people.nobody")}
        </p>
      )}
    </div>
  );
}

interface PersonButtonProps {
  user: User;
  title?: string;
  note?: string;
  onPick: () => void;
}

export function PersonButton({ user, title, note, onPick }: PersonButtonProps) {
  const { t } = useTranslation();
  return (
    <button type="button" className={styles.person} onClick={onPick}>
      <Avatar
        name={user.display_name}
        hueKey={user.id}
        image={user.avatar_url}
        size="s"
        online={note ? undefined : user.online}
        onlineLabel={t("people.online")}
      />
      <span className={styles.name}>{title ?? user.display_name}</span>
      <span className={styles.note}>{note ?? (user.username ? `@${user.username}` : "")}</span>
    </button>
  );
}
