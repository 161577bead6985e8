import { EllipsisVertical, Lock, LogOut, Search, Settings2, UsersRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { mayChangeRoom } from "@/features/conversations/RoomSettings";
import { usePreferences } from "@/features/conversations/usePreferences";
import { isDemo } from "@/features/messages/provider";
import { useClient, useWorld } from "@/hooks/client";
import { usePhone } from "@/hooks/media";
import { useTask } from "@/hooks/task";
import { useErrorText, useFace } from "@/hooks/words";
import { ago } from "@/i18n/times";
import type { ConversationState } from "@/sync/state";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import { Notice } from "@/ui/Notice";
import type { RoomDialog } from "./RoomDialogs";
import styles from "./RoomHeader.module.css";

interface RoomHeaderProps {
  conversation: ConversationState;
  title: string;
  back: ReactNode;
  showMembers: boolean;
  onMembers: () => void;
  onDialog: (dialog: RoomDialog) => void;
  /** Looks for messages in this conversation. */
  onSearch: () => void;
}

export function RoomHeader(props: RoomHeaderProps) {
  const { conversation, title, back, showMembers, onMembers, onDialog, onSearch } = props;
  const { t } = useTranslation();
  // A narrow head has no room for it: there it stands in the menu.
  const isPhone = usePhone();
  const { facts, peerId, meId } = conversation;
  const face = useFace(conversation);
  const peer = useWorld((world) => (peerId && peerId !== meId ? world.users[peerId] : undefined));
  const isRoom = facts.kind === "group";
  return (
    <header className={styles.head}>
      {back}
      <Avatar
        {...face}
        online={facts.kind === "direct" ? peer?.online : undefined}
        onlineLabel={t("people.online")}
      />
      <div className={styles.text}>
        <h1 className={styles.title}>
          {title}
          {isRoom && !facts.public && (
            <Lock size={14} role="img" aria-label={t("rooms.privateRoom")} />
          )}
        </h1>
        <p className={styles.sub}>
          {isRoom ? (
            <RoomCounts conversation={conversation} />
          ) : facts.kind === "assistant" ? (
            <Answerer conversation={conversation} name={face.name} />
          ) : (
            <PeerPresence userId={peer?.id} />
          )}
        </p>
      </div>
      {!isPhone && (
        <IconButton label={t("search.here")} onClick={onSearch}>
          <Search size={20} aria-hidden="true" />
        </IconButton>
      )}
      {isRoom && (
        <IconButton
          label={t(showMembers ? "people.hideMembers" : "people.showMembers")}
          aria-pressed={showMembers}
          onClick={onMembers}
        >
          <UsersRound size={20} aria-hidden="true" />
        </IconButton>
      )}
      <RoomMenu conversation={conversation} onDialog={onDialog} {...(isPhone && { onSearch })} />
    </header>
  );
}

interface RoomMenuProps {
  conversation: ConversationState;
  onDialog: (dialog: RoomDialog) => void;
  onSearch?: () => void;
}

function RoomMenu({ conversation, onDialog, onSearch }: RoomMenuProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const [failure, setFailure] = useState<unknown>(undefined);
  const entries = usePreferences(conversation, setFailure);
  if (conversation.facts.kind === "assistant" && !conversation.facts.archived_at) {
    entries.push({
      label: t("assistants.chat"),
      icon: <Settings2 size={18} />,
      apart: true,
      leaves: true,
      onSelect: () => onDialog("chat"),
    });
  }
  if (onSearch) {
    entries.unshift({
      label: t("search.here"),
      icon: <Search size={18} />,
      leaves: true,
      onSelect: onSearch,
    });
  }
  if (conversation.facts.kind === "group") {
    if (mayChangeRoom(conversation)) {
      entries.push({
        label: t("rooms.settings"),
        icon: <Settings2 size={18} />,
        apart: true,
        leaves: true,
        onSelect: () => onDialog("settings"),
      });
    }
    entries.push({
      label: t("rooms.leave"),
      icon: <LogOut size={18} />,
      danger: true,
      apart: !mayChangeRoom(conversation),
      leaves: true,
      onSelect: () => onDialog("leave"),
    });
  }
  return (
    <>
      {failure !== undefined && <Notice>{textOf(failure)}</Notice>}
      <Menu
        trigger={
          <IconButton label={t("rooms.more")}>
            <EllipsisVertical size={20} aria-hidden="true" />
          </IconButton>
        }
        entries={entries}
      />
    </>
  );
}

/** Who answers; and quietly, where that is no model but the demo. */
function Answerer({ conversation, name }: { conversation: ConversationState; name: string }) {
  const { t } = useTranslation();
  const messages = conversation.stretch?.messages ?? [];
  const last = messages.findLast(({ reply }) => reply?.provider);
  return isDemo(last?.reply) ? `${name} · ${t("replies.demo")}` : name;
}

/** How many are in the room, and how many of them are there right now. */
function RoomCounts({ conversation }: { conversation: ConversationState }) {
  const { t } = useTranslation();
  const client = useClient();
  const { facts, members, membersKnown } = conversation;
  useTask(
    () => (membersKnown ? Promise.resolve() : client.members(facts.id)),
    [facts.id, membersKnown],
  );
  const online = useWorld(
    (world) =>
      Object.values(members).filter((m) => m.left_at === null && world.users[m.user.id]?.online)
        .length,
  );
  return (
    <>
      {t("rooms.memberCount", { count: facts.member_count })}
      {membersKnown && <span> · {t("people.onlineCount", { count: online })}</span>}
      {facts.description && <span className={styles.about}> · {facts.description}</span>}
    </>
  );
}

function PeerPresence({ userId }: { userId: string | undefined }) {
  const { t, i18n } = useTranslation();
  const user = useWorld((world) => (userId ? world.users[userId] : undefined));
  if (!user) return t("people.noteToSelfText");
  if (user.online) return t("people.online");
  return user.last_seen_at
    ? t("people.lastSeen", { time: ago(user.last_seen_at, i18n.language) })
    : t("people.offline");
}
