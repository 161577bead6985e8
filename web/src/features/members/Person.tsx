import { Ellipsis, MessageCircle, ShieldCheck, UserMinus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ago, full } from "@/i18n/times";
import type { Member, User } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/Button";
import { Menu, type MenuEntry } from "@/ui/Menu";
import styles from "./MemberPanel.module.css";
import { mayRemove, type Role, rolesToGive } from "./rank";

export interface PersonDeeds {
  onWrite: (userId: string) => void;
  onRole: (member: Member) => void;
  onRemove: (member: Member) => void;
}

interface PersonProps extends PersonDeeds {
  member: Member;
  user: User;
  own: boolean;
  /** The role of the one who looks, where the room can still be changed. */
  ownRole: Role;
}

/** One member: who, since when away, in which role, and what one may do about them. */
export function Person({ member, user, own, ownRole, onWrite, onRole, onRemove }: PersonProps) {
  const { t, i18n } = useTranslation();
  const seen = user.last_seen_at;
  const entries: (MenuEntry | false)[] = [
    {
      label: t("people.write"),
      icon: <MessageCircle size={18} />,
      leaves: true,
      onSelect: () => onWrite(user.id),
    },
    rolesToGive(ownRole, member.role).length > 0 && {
      label: t("people.changeRole"),
      icon: <ShieldCheck size={18} />,
      leaves: true,
      onSelect: () => onRole(member),
    },
    mayRemove(ownRole, member.role) && {
      label: t("people.removeFrom"),
      icon: <UserMinus size={18} />,
      danger: true,
      apart: true,
      leaves: true,
      onSelect: () => onRemove(member),
    },
  ];
  return (
    <li className={styles.person}>
      <Avatar
        name={user.display_name}
        hueKey={user.id}
        image={user.avatar_url}
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
      {own ? (
        <span className={styles.more} />
      ) : (
        <Menu
          trigger={
            <IconButton
              className={styles.more ?? ""}
              label={t("people.manage", { name: user.display_name })}
            >
              <Ellipsis size={18} aria-hidden="true" />
            </IconButton>
          }
          entries={entries.filter((entry) => entry !== false)}
        />
      )}
    </li>
  );
}
