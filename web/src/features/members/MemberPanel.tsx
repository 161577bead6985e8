import { UserPlus, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { useLate, useTask } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { presentMembers } from "@/sync/members";
import type { ConversationState } from "@/sync/state";
import type { Member, User } from "@/sync/wire";
import { Button, IconButton } from "@/ui/Button";
import { Notice, Skeleton } from "@/ui/Notice";
import { groupsOf } from "./groups";
import { ChangeRole, RemoveMember } from "./MemberDialogs";
import styles from "./MemberPanel.module.css";
import { Person, type PersonDeeds } from "./Person";
import type { Role } from "./rank";

interface MemberPanelProps {
  conversation: ConversationState;
  onClose: () => void;
  /** Undefined where one may not add people. */
  onAdd?: (() => void) | undefined;
  /** Called to write to somebody alone. */
  onWrite: (userId: string) => void;
}

interface Present {
  member: Member;
  user: User;
}

/** Who is in the conversation, and who of them is there right now. */
export function MemberPanel(props: MemberPanelProps) {
  const { conversation, onClose, onAdd, onWrite } = props;
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [asked, setAsked] = useState<{ what: "role" | "remove"; member: Member } | null>(null);
  const { id } = conversation.facts;
  const known = conversation.membersKnown;
  const task = useTask(() => (known ? Promise.resolve() : client.members(id)), [id, known]);
  const late = useLate(!known && task.loading, 300);
  const present = usePresent(conversation);
  const { online, assistants, offline } = groupsOf(present);
  const shared: Omit<GroupProps, "heading" | "people"> = {
    meId: conversation.meId,
    ownRole: conversation.facts.archived_at ? "member" : conversation.me.role,
    onWrite,
    onRole: (member) => setAsked({ what: "role", member }),
    onRemove: (member) => setAsked({ what: "remove", member }),
  };
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
              {...shared}
              heading={t("people.onlineHeading", { count: online.length })}
              people={online}
            />
            <Group
              {...shared}
              heading={t("people.assistantsHeading", { count: assistants.length })}
              people={assistants}
            />
            <Group
              {...shared}
              heading={t("people.offlineHeading", { count: offline.length })}
              people={offline}
            />
          </>
        )}
      </div>
      {asked && (
        <>
          <ChangeRole
            key={`role-${asked.member.user.id}`}
            open={asked.what === "role"}
            onClose={() => setAsked(null)}
            conversationId={id}
            member={asked.member}
            ownRole={conversation.me.role}
          />
          <RemoveMember
            open={asked.what === "remove"}
            onClose={() => setAsked(null)}
            conversationId={id}
            member={asked.member}
          />
        </>
      )}
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

interface GroupProps extends PersonDeeds {
  heading: string;
  people: Present[];
  meId: string;
  ownRole: Role;
}

function Group({ heading, people, meId, ...deeds }: GroupProps) {
  if (people.length === 0) return null;
  return (
    <section>
      <h3 className={styles.heading}>{heading}</h3>
      <ul>
        {people.map(({ member, user }) => (
          <Person key={user.id} member={member} user={user} own={user.id === meId} {...deeds} />
        ))}
      </ul>
    </section>
  );
}
