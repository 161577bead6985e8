import { memo, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useWorld } from "@/hooks/client";
import { saidIn } from "@/hooks/files";
import { titleOf } from "@/hooks/words";
import { brief, full } from "@/i18n/times";
import type { Message } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { excerptOf, type Part, type Term, termsOf } from "./found";
import styles from "./Results.module.css";
import type { Search } from "./useSearch";

interface ResultsProps {
  search: Search;
  items: Message[];
  asked: string;
  inside: string | null;
}

/** The messages that were found, the newest first. */
export function Results({ search, items, asked, inside }: ResultsProps) {
  const { t } = useTranslation();
  const terms = useMemo(() => termsOf(asked), [asked]);
  return (
    <>
      <ol className={styles.results} aria-label={t("search.results")} aria-busy={search.loading}>
        {items.map((message) => (
          <Result key={message.id} message={message} terms={terms} showPlace={!inside} />
        ))}
      </ol>
      {search.hasMore && search.answered && <More search={search} />}
    </>
  );
}

/** More come by themselves when the end is near, and by the button. */
function More({ search }: { search: Search }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const { more, loading, error } = search;
  const waits = !loading && error === undefined;
  useEffect(() => {
    const element = place.current;
    if (!element || !waits) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && more(), {
      rootMargin: "400px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [waits, more]);
  return (
    <div ref={place} className={styles.more}>
      <Button busy={loading} onClick={more}>
        {t("search.more")}
      </Button>
    </div>
  );
}

interface ResultProps {
  message: Message;
  terms: Term[];
  showPlace: boolean;
}

const Result = memo(function Result({ message, terms, showPlace }: ResultProps) {
  const { t, i18n } = useTranslation();
  const { sender, created_at } = message;
  const user = useWorld((world) => world.users[sender.id]);
  const name = user?.display_name ?? sender.display_name;
  const image = user ? user.avatar_url : sender.avatar_url;
  return (
    <li>
      <Link
        className={styles.result}
        href={`/c/${message.conversation_id}/${message.seq}`}
        data-found
      >
        <Avatar name={name} hueKey={sender.id} image={image} />
        <span className={styles.head}>
          <span className={styles.name}>{name}</span>
          {showPlace && <Place id={message.conversation_id} name={name} />}
          <time dateTime={created_at} title={full(created_at, i18n.language)}>
            {brief(created_at, i18n.language)}
          </time>
        </span>
        <span className={styles.text} dir="auto">
          <Marked parts={excerptOf(saidIn(t, message), message.content, terms)} />
        </span>
      </Link>
    </li>
  );
});

/** Where it was said; not where that is named like who said it. */
function Place({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const conversation = useWorld((world) => world.conversations[id]);
  const users = useWorld((world) => world.users);
  const listed = useWorld((world) => world.listed);
  if (!conversation && !listed) return null;
  const title = conversation ? titleOf(t, conversation, users) : t("search.archived");
  return title === name ? null : <span className={styles.place}>{title}</span>;
}

function Marked({ parts }: { parts: Part[] }) {
  return parts.map(({ text, found }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
    found ? <mark key={index}>{text}</mark> : text,
  );
}
