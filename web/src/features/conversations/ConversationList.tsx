import { Compass, MessageCirclePlus, Search, UsersRound } from "lucide-react";
import { memo, type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useWorld } from "@/hooks/client";
import { useLate } from "@/hooks/task";
import { titleOf, useFace } from "@/hooks/words";
import { brief } from "@/i18n/times";
import type { ConversationState } from "@/sync/state";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Empty, Skeleton } from "@/ui/Notice";
import styles from "./ConversationList.module.css";
import { ordered, previewOf } from "./preview";

interface ConversationListProps {
  currentId: string | null;
  /** The row above the list: who one is, and what can be begun. */
  head: ReactNode;
  onNewRoom: () => void;
  onNewDirect: () => void;
}

/** From this many on a list is worth searching. */
const SEARCHABLE = 8;

export function ConversationList({
  currentId,
  head,
  onNewRoom,
  onNewDirect,
}: ConversationListProps) {
  const { t } = useTranslation();
  const conversations = useWorld((world) => world.conversations);
  const users = useWorld((world) => world.users);
  const listed = useWorld((world) => world.listed);
  const loading = useLate(!listed, 300);
  const [query, setQuery] = useState("");
  const all = useMemo(() => ordered(conversations), [conversations]);
  const wanted = query.trim().toLocaleLowerCase();
  const shown = all.filter((c) => titleOf(t, c, users).toLocaleLowerCase().includes(wanted));
  return (
    <nav className={styles.list} aria-label={t("list.label")}>
      {head}
      {all.length >= SEARCHABLE && (
        <label className={styles.filter}>
          <Search size={16} aria-hidden="true" />
          <input
            type="search"
            aria-label={t("list.filter")}
            placeholder={t("list.filter")}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </label>
      )}
      {loading && all.length === 0 && <Skeleton rows={6} label={t("app.loading")} />}
      {listed && all.length === 0 && (
        <Empty level="h2" title={t("list.emptyTitle")} text={t("list.emptyText")}>
          <Link href="/discover" asChild>
            <a className={styles.step} href="/discover">
              <Compass size={18} aria-hidden="true" /> {t("list.discover")}
            </a>
          </Link>
          <Button onClick={onNewDirect}>
            <MessageCirclePlus size={18} aria-hidden="true" /> {t("list.newDirect")}
          </Button>
          <Button onClick={onNewRoom}>
            <UsersRound size={18} aria-hidden="true" /> {t("list.newRoom")}
          </Button>
        </Empty>
      )}
      {shown.length === 0 && wanted && (
        <p className={styles.none}>{t("list.noMatch", { query })}</p>
      )}
      <ul className={styles.items}>
        {shown.map((conversation) => (
          <Entry
            key={conversation.facts.id}
            conversation={conversation}
            title={titleOf(t, conversation, users)}
            online={isPeerOnline(conversation, users)}
            current={conversation.facts.id === currentId}
          />
        ))}
      </ul>
    </nav>
  );
}

function isPeerOnline(
  c: ConversationState,
  users: Record<string, { online: boolean }>,
): boolean | undefined {
  return c.peerId && c.peerId !== c.meId ? users[c.peerId]?.online : undefined;
}

interface EntryProps {
  conversation: ConversationState;
  title: string;
  online: boolean | undefined;
  current: boolean;
}

const Entry = memo(function Entry({ conversation, title, online, current }: EntryProps) {
  const { t, i18n } = useTranslation();
  const { facts, me } = conversation;
  const face = useFace(conversation);
  const at = facts.last_message_at ?? facts.created_at;
  return (
    <li>
      <Link
        href={`/c/${facts.id}`}
        className={styles.entry}
        aria-current={current ? "page" : undefined}
        data-unread={me.unread > 0 || undefined}
      >
        <Avatar {...face} online={online} onlineLabel={t("people.online")} />
        <span className={styles.title}>{title}</span>
        <time className={styles.time} dateTime={at}>
          {brief(at, i18n.language)}
        </time>
        <span className={styles.preview}>{previewOf(t, conversation)}</span>
        {me.unread > 0 && (
          <span className={styles.badge}>
            <span aria-hidden="true">{me.unread > 99 ? "99+" : me.unread}</span>
            <span className="visually-hidden">{t("list.unread", { count: me.unread })}</span>
          </span>
        )}
      </Link>
    </li>
  );
});
