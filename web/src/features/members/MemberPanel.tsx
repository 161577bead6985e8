import { UserPlus, X } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { useLate, useTask } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { ago, full } from "@/i18n/times";
import { presentMembers } from "@/sync/members";
import type { ConversationState } from "@/sync/state";
import type { Member, User } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button, IconButton } from "@/ui/Button";
import { Notice, Skeleton } from "@/ui/Notice";
import styles from "./MemberPanel.module.css";

interface MemberPanelProps {
  conversation: ConversationState;
  onClose: () => void;
  /** Undefined where one may not add people. */
  onAdd?: (() => void) | undefined;
}

interface Present {
  member: Member;
  user: User;
}

/** Who is in the conversation, and who of them is there right now. */
export function MemberPanel({ conversation, onClose, onAdd }: MemberPanelProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const { id } = conversation.facts;
  const known = conversation.membersKnown;
  const task = useTask(() => (known ? Promise.resolve() : client.members(id)), [id, known]);
  const late = useLate(!known && task.loading, 300);
  const present = usePresent(conversation);
  const online = present.filter(({ user }) => user.online);
  const offline = present.filter(({ user }) => !user.online);
  return (
    <aside className={styles.panel} aria-label={t("people.members")}>
      <header className={styles.head}>
        <h2>{t("people.members")}</h2>
        {onAdd && (
          <IconButton label={t("people.add")} onClick={onAdd}>
            <UserPlus size={20} aria-hidden="true" />
          </IconButton>
        )}
        <IconButton label={t("people.hideMembers")} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </IconButton>
      </header>
      <div className={styles.body}>
        {task.error !== undefined && (
          <Notice>
            {textOf(task.error)}
            <Button onClick={task.again}>{t("app.retry")}</Button>
          </Notice>
        )}
        {late && <Skeleton label={t("app.loading")} />}
        {known && (
          <>
            <Group
              heading={t("people.onlineHeading", { count: online.length })}
              people={online}
              meId={conversation.meId}
            />
            <Group
              heading={t("people.offlineHeading", { count: offline.length })}
              people={offline}
              meId={conversation.meId}
            />
          </>
        )}
      </div>
    </aside>
  );
}

function usePresent(conversation: ConversationState): Present[] {
  const { i18n } = useTranslation();
  const users = useWorld((world) => world.users);
  return useMemo(() => {
    const { compare } = new Intl.Collator(i18n.language);
    return presentMembers(conversation)
      .map((member) => ({ member, user: users[member.user.id] ?? member.user }))
      .sort((a, b) => compare(a.user.display_name, b.user.display_name));
  }, [conversation, users, i18n.language]);
}

function Group({ heading, people, meId }: { heading: string; people: Present[]; meId: string }) {
  if (people.length === 0) return null;
  return (
    <section>
      <h3 className={styles.heading}>{heading}</h3>
      <ul>
        {people.map(({ member, user }) => (
          <Person key={user.id} member={member} user={user} own={user.id === meId} />
        ))}
      </ul>
    </section>
  );
}

function Person({ member, user, own }: { member: Member; user: User; own: boolean }) {
  const { t, i18n } = useTranslation();
  const seen = user.last_seen_at;
  return (
    <li className={styles.person}>
      <Avatar
        name={user.display_name}
        hueKey={user.id}
        size="s"
        online={user.online}
        onlineLabel={t("people.online")}
      />
      <div className={styles.text}>
        <span className={styles.name}>
          {user.display_name}
          {own && <span className={styles.own}> ({t("people.you")})</span>}
        </span>
        {!user.online && seen && (
          <time className={styles.seen} dateTime={seen} title={full(seen, i18n.language)}>
            {t("people.lastSeen", { time: ago(seen, i18n.language) })}
          </time>
        )}
      </div>
      {member.role !== "member" && (
        <span className={styles.role}>{t(`people.role.${member.role}`)}</span>
      )}
    </li>
  );
}
