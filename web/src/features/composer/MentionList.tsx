import { UsersRound } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/ui/Avatar";
import styles from "./MentionList.module.css";
import type { Candidate } from "./mentions";

interface MentionListProps {
  id: string;
  people: Candidate[];
  chosen: number;
  onPick: (person: Candidate) => void;
}

/** Whom an `@` may mean; the field keeps the focus. */
export function MentionList({ id, people, chosen, onPick }: MentionListProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div
      ref={list}
      id={id}
      className={styles.list}
      role="listbox"
      aria-label={t("composer.mention")}
    >
      {people.map((person, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the choice
        // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are the field's
        <div
          key={person.id}
          id={`${id}-${index}`}
          className={styles.person}
          role="option"
          aria-selected={index === chosen}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(person)}
        >
          {person.id === "all" ? (
            <span className={styles.all}>
              <UsersRound size={16} aria-hidden="true" />
            </span>
          ) : (
            <Avatar name={person.name} hueKey={person.id} image={person.image} size="s" />
          )}
          <span className={styles.name}>{person.name}</span>
          <span className={styles.username}>@{person.username}</span>
        </div>
      ))}
    </div>
  );
}
