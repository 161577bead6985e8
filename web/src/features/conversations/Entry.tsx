import { AtSign, BellOff, Ellipsis, LogOut, Pin } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useActive } from "@/hooks/active";
import { useWorld } from "@/hooks/client";
import { useFace } from "@/hooks/words";
import { brief } from "@/i18n/times";
import type { ConversationState } from "@/sync/state";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import { badgeOf } from "./badge";
import styles from "./Entry.module.css";
import { previewOf } from "./preview";
import { usePreferences } from "./usePreferences";

interface EntryProps {
  conversation: ConversationState;
  title: string;
  online: boolean | undefined;
  current: boolean;
  onLeave: (id: string) => void;
  onError: (error: unknown) => void;
}

/** One conversation in the list. */
export const Entry = memo(function Entry(props: EntryProps) {
  const { conversation, title, online, current } = props;
  const { t, i18n } = useTranslation();
  const { facts, me } = conversation;
  const users = useWorld((world) => world.users);
  const face = useFace(conversation);
  const { active, watch } = useActive();
  const [open, setOpen] = useState(false);
  const badge = badgeOf(conversation);
  const at = facts.last_message_at ?? facts.created_at;
  return (
    <li
      className={styles.item}
      {...watch}
      onContextMenu={(event) => {
        event.preventDefault();
        setOpen(true);
      }}
    >
      <Link
        href={`/c/${facts.id}`}
        className={styles.entry}
        aria-current={current ? "page" : undefined}
        data-unread={badge.count > 0 || undefined}
        data-muted={me.notify === "none" || undefined}
      >
        <Avatar {...face} online={online} onlineLabel={t("people.online")} />
        <span className={styles.title}>
          <span>{title}</span>
          {me.notify === "none" && <BellOff size={13} role="img" aria-label={t("list.muted")} />}
        </span>
        <span className={styles.time}>
          {me.pinned_at && <Pin size={12} role="img" aria-label={t("list.pinned")} />}
          <time dateTime={at}>{brief(at, i18n.language)}</time>
        </span>
        <span className={styles.below}>
          <span className={styles.preview}>{previewOf(t, conversation, users)}</span>
          <Badges badge={badge} />
        </span>
      </Link>
      {(active || open) && <EntryMenu {...props} open={open} onOpenChange={setOpen} />}
    </li>
  );
});

function Badges({ badge }: { badge: ReturnType<typeof badgeOf> }) {
  const { t } = useTranslation();
  const { count, mentions, quiet } = badge;
  return (
    <span className={styles.badges}>
      {mentions > 0 && (
        <span className={styles.mention}>
          <AtSign size={12} aria-hidden="true" />
          <span className="visually-hidden">{t("list.mentions", { count: mentions })}</span>
        </span>
      )}
      {count > 0 && (
        <span className={styles.badge}>
          <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
          <span className="visually-hidden">{t("list.unread", { count })}</span>
        </span>
      )}
      {quiet && <span className={styles.quiet} role="img" aria-label={t("list.someUnread")} />}
    </span>
  );
}

interface EntryMenuProps extends EntryProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function EntryMenu(props: EntryMenuProps) {
  const { conversation, title, open, onOpenChange, onLeave, onError } = props;
  const { t } = useTranslation();
  const entries = usePreferences(conversation, onError);
  const { id, kind } = conversation.facts;
  if (kind === "group") {
    entries.push({
      label: t("rooms.leave"),
      icon: <LogOut size={18} />,
      danger: true,
      apart: true,
      leaves: true,
      onSelect: () => onLeave(id),
    });
  }
  return (
    <Menu
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <IconButton className={styles.more ?? ""} label={t("list.more", { name: title })}>
          <Ellipsis size={18} aria-hidden="true" />
        </IconButton>
      }
      entries={entries}
    />
  );
}
