import { Compass, MessageCirclePlus, Search, Sparkles, TextSearch, UsersRound } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useWorld } from "@/hooks/client";
import { isMac } from "@/hooks/shortcut";
import { useLate } from "@/hooks/task";
import { titleOf, useErrorText } from "@/hooks/words";
import type { ConversationState } from "@/sync/state";
import { Button, ButtonLink } from "@/ui/Button";
import { Empty, Notice, Skeleton } from "@/ui/Notice";
import styles from "./ConversationList.module.css";
import { Entry } from "./Entry";
import { ordered } from "./preview";

interface ConversationListProps {
  currentId: string | null;
  /** The row above the list: who one is, and what can be begun. */
  head: ReactNode;
  onNewRoom: () => void;
  onNewDirect: () => void;
  onLeave: (id: string) => void;
}

/** From this many on a list is worth searching. */
const SEARCHABLE = 8;

export function ConversationList({
  currentId,
  head,
  onNewRoom,
  onNewDirect,
  onLeave,
}: ConversationListProps) {
  const { t } = useTranslation();
  const conversations = useWorld((world) => world.conversations);
  const users = useWorld((world) => world.users);
  const listed = useWorld((world) => world.listed);
  const loading = useLate(!listed, 300);
  const [query, setQuery] = useState("");
  const textOf = useErrorText();
  const [failure, setFailure] = useState<unknown>(undefined);
  const all = useMemo(() => ordered(conversations), [conversations]);
  const isLong = all.length >= SEARCHABLE;
  const wanted = query.trim().toLocaleLowerCase();
  const shown = all.filter((c) => titleOf(t, c, users).toLocaleLowerCase().includes(wanted));
  return (
    <nav className={styles.list} aria-label={t("list.label")}>
      {head}
      <div className={styles.find}>
        {isLong && (
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
        <ToSearch wide={!isLong} />
      </div>
      {loading && all.length === 0 && <Skeleton rows={6} label={t("app.loading")} />}
      {listed && all.length === 0 && (
        <Empty level="h2" title={t("list.emptyTitle")} text={t("list.emptyText")}>
          <div className={styles.steps}>
            <ButtonLink href="/new" look="primary">
              <Sparkles size={18} aria-hidden="true" /> {t("assistants.ask")}
            </ButtonLink>
            <ButtonLink href="/discover">
              <Compass size={18} aria-hidden="true" /> {t("list.discover")}
            </ButtonLink>
            <Button onClick={onNewDirect}>
              <MessageCirclePlus size={18} aria-hidden="true" /> {t("list.newDirect")}
            </Button>
            <Button onClick={onNewRoom}>
              <UsersRound size={18} aria-hidden="true" /> {t("list.newRoom")}
            </Button>
          </div>
        </Empty>
      )}
      {shown.length === 0 && wanted && (
        <p className={styles.none}>{t("list.noMatch", { query })}</p>
      )}
      {wanted && (
        <Link href={searchPath(query)} className={styles.inMessages}>
          <TextSearch size={18} aria-hidden="true" />
          <span>{t("search.for", { query: query.trim() })}</span>
        </Link>
      )}
      {failure !== undefined && (
        <div className={styles.notice}>
          <Notice>{textOf(failure)}</Notice>
        </div>
      )}
      <ul className={styles.items}>
        {shown.map((conversation) => (
          <Entry
            key={conversation.facts.id}
            conversation={conversation}
            title={titleOf(t, conversation, users)}
            online={isPeerOnline(conversation, users)}
            current={conversation.facts.id === currentId}
            onLeave={onLeave}
            onError={setFailure}
          />
        ))}
      </ul>
    </nav>
  );
}

function searchPath(words: string): string {
  return `/search?${new URLSearchParams({ q: words.trim() })}`;
}

/** The way to what was said: a field in looks where there is none beside it. */
function ToSearch({ wide }: { wide: boolean }) {
  const { t } = useTranslation();
  const label = t("search.label");
  if (!wide) {
    return (
      <Link href="/search" className={styles.toSearch} aria-label={label} title={label}>
        <TextSearch size={20} aria-hidden="true" />
      </Link>
    );
  }
  return (
    <Link href="/search" className={styles.filter}>
      <Search size={16} aria-hidden="true" />
      <span className={styles.looks}>{label}</span>
      <kbd className={styles.key}>{isMac ? "⌘K" : "Ctrl K"}</kbd>
    </Link>
  );
}

function isPeerOnline(
  c: ConversationState,
  users: Record<string, { online: boolean }>,
): boolean | undefined {
  return c.facts.kind === "direct" && c.peerId && c.peerId !== c.meId
    ? users[c.peerId]?.online
    : undefined;
}
