import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useWorld } from "@/hooks/client";
import { useShortcut } from "@/hooks/shortcut";
import { useLate } from "@/hooks/task";
import { titleOf, useErrorText } from "@/hooks/words";
import { Button, ButtonLink } from "@/ui/Button";
import { Empty, Notice, Skeleton } from "@/ui/Notice";
import { Page } from "@/ui/Page";
import { SearchField } from "@/ui/SearchField";
import { searchPath } from "./path";
import { Results } from "./Results";
import styles from "./SearchPage.module.css";
import { useQuestion } from "./useQuestion";
import { useSearch } from "./useSearch";
import { walk } from "./walking";

/** The server's limit for a question. */
const LONGEST = 200;

/** Finds messages in all of one's conversations, or in one of them. */
export function SearchPage({ back }: { back: ReactNode }) {
  const { t } = useTranslation();
  const question = useQuestion();
  const { text, asked, inside } = question;
  const search = useSearch({ words: asked, inside });
  const field = useRef<HTMLInputElement>(null);
  const take = () => {
    field.current?.focus();
    field.current?.select();
  };
  useShortcut("k", take);
  useEffect(() => {
    // Whoever comes back to what was found on a phone wants to read it, not the keyboard.
    const hasPointer = window.matchMedia("(hover: hover)").matches;
    if (hasPointer || !field.current?.value) field.current?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") question.askNow();
  };
  return (
    <Page
      title={t("search.title")}
      tab={`${asked || t("search.title")} · ${t("app.name")}`}
      back={back}
      head={
        <SearchField
          ref={field}
          data-field
          round
          className={styles.field ?? ""}
          label={t("search.label")}
          placeholder={t("search.placeholder")}
          maxLength={LONGEST}
          enterKeyHint="search"
          value={text}
          onChange={(event) => question.type(event.target.value, isComposing(event.nativeEvent))}
          onCompositionEnd={(event) => question.type(event.currentTarget.value, false)}
          onKeyDown={onKeyDown}
        />
      }
      onKeyDown={walk}
    >
      {inside && <Inside id={inside} words={text} />}
      <Outcome search={search} asked={asked} inside={inside} />
    </Page>
  );
}

function isComposing(event: Event): boolean {
  return event instanceof InputEvent && event.isComposing;
}

/** The one conversation that is searched, and the way to all of them. */
function Inside({ id, words }: { id: string; words: string }) {
  const { t } = useTranslation();
  const conversation = useWorld((world) => world.conversations[id]);
  const users = useWorld((world) => world.users);
  const name = conversation ? titleOf(t, conversation, users) : t("search.oneConversation");
  return (
    <p className={styles.inside}>
      <span className={styles.chip}>
        <span>{t("search.inside", { name })}</span>
        <Link
          href={searchPath(words, null)}
          replace
          aria-label={t("search.everywhere")}
          title={t("search.everywhere")}
        >
          <X size={14} aria-hidden="true" />
        </Link>
      </span>
    </p>
  );
}

interface OutcomeProps {
  search: ReturnType<typeof useSearch>;
  asked: string;
  inside: string | null;
}

function Outcome({ search, asked, inside }: OutcomeProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { items, answered, loading, error } = search;
  const late = useLate(loading && !items, 300);
  if (!asked) return <Hints />;
  const nothing = answered && items?.length === 0 && !search.hasMore;
  return (
    <>
      {error !== undefined && (
        <Notice>
          {textOf(error)}
          <Button onClick={search.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={6} label={t("app.loading")} />}
      <p className="visually-hidden" role="status">
        {answered && items && !nothing && t("search.count", { count: items.length })}
      </p>
      {nothing && <Nothing asked={asked} inside={inside} />}
      {items && !nothing && <Results search={search} items={items} asked={asked} inside={inside} />}
    </>
  );
}

function Nothing({ asked, inside }: { asked: string; inside: string | null }) {
  const { t } = useTranslation();
  return (
    <Empty level="h2" title={t("search.none", { query: asked })} text={t("search.noneText")}>
      {inside && (
        <ButtonLink href={searchPath(asked, null)} replace>
          {t("search.everywhere")}
        </ButtonLink>
      )}
    </Empty>
  );
}

/** How questions are understood, while there is none. */
function Hints() {
  const { t } = useTranslation();
  const hints = ["words", "beginning", "phrase", "dense"] as const;
  return (
    <Empty level="h2" title={t("search.hintsTitle")}>
      <dl className={styles.hints}>
        {hints.map((hint) => (
          <div key={hint}>
            <dt>{t(`search.hints.${hint}.example`)}</dt>
            <dd>{t(`search.hints.${hint}.text`)}</dd>
          </div>
        ))}
      </dl>
    </Empty>
  );
}
