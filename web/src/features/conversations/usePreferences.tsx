/** One's own settings of a conversation, as entries of a menu: pinned, told of, read. */
import { AtSign, Bell, BellOff, CheckCheck, Pin, PinOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import type { ConversationState } from "@/sync/state";
import type { MenuEntry } from "@/ui/Menu";

const LEVELS = { all: Bell, mentions: AtSign, none: BellOff };

export function usePreferences(
  conversation: ConversationState,
  onError: (error: unknown) => void,
): MenuEntry[] {
  const { t } = useTranslation();
  const client = useClient();
  const { facts, me } = conversation;
  const prefer = (wish: Parameters<typeof client.prefer>[1]) => {
    client.prefer(facts.id, wish).catch(onError);
  };
  const pinned = me.pinned_at !== null;
  const levels = (["all", "mentions", "none"] as const)
    // In a chat of two everything is for oneself.
    .filter((level) => level !== "mentions" || facts.kind === "group")
    .map((level, index): MenuEntry => {
      const Icon = LEVELS[level];
      return {
        label: t(`list.notify.${level}`),
        icon: <Icon size={18} />,
        checked: me.notify === level,
        apart: index === 0,
        onSelect: () => prefer({ notify: level }),
      };
    });
  const entries: (MenuEntry | false)[] = [
    me.unread > 0 && {
      label: t("list.markRead"),
      icon: <CheckCheck size={18} />,
      onSelect: () => client.read(facts.id, facts.last_seq),
    },
    {
      label: t(pinned ? "list.unpin" : "list.pin"),
      icon: pinned ? <PinOff size={18} /> : <Pin size={18} />,
      onSelect: () => prefer({ pinned: !pinned }),
    },
    ...levels,
  ];
  return entries.filter((entry) => entry !== false);
}
