/** What can be done with a message, as entries of a menu or a sheet; only what would succeed. */
import { CheckCheck, Copy, Link2, Pencil, Reply, Smile, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/sync/wire";
import type { MenuEntry } from "@/ui/Menu";
import { useRights } from "./rights";
import { useTools } from "./tools";

export function useEntries(message: Message): MenuEntry[] {
  const { t } = useTranslation();
  const tools = useTools();
  const { conversation } = tools;
  const rights = useRights(message, conversation);
  const own = message.sender.id === conversation.meId;
  const size = 18;
  const entries: (MenuEntry | false)[] = [
    rights.write && {
      label: t("messages.reply"),
      icon: <Reply size={size} />,
      leaves: true,
      onSelect: () => tools.reply(message),
    },
    rights.edit && {
      label: t("messages.edit"),
      icon: <Pencil size={size} />,
      leaves: true,
      onSelect: () => tools.edit(message),
    },
    // Only pages on TLS or localhost may write to the clipboard.
    Boolean(navigator.clipboard && message.content) && {
      label: t("messages.copyText"),
      icon: <Copy size={size} />,
      onSelect: () => void navigator.clipboard.writeText(message.content),
    },
    Boolean(navigator.clipboard) && {
      label: t("messages.copyLink"),
      icon: <Link2 size={size} />,
      onSelect: () => void navigator.clipboard.writeText(addressOf(message)),
    },
    own &&
      conversation.facts.member_count > 1 && {
        label: t("messages.readers"),
        icon: <CheckCheck size={size} />,
        leaves: true,
        onSelect: () => tools.show("readers", message),
      },
    message.reactions.length > 0 && {
      label: t("messages.whoReacted"),
      icon: <Smile size={size} />,
      leaves: true,
      onSelect: () => tools.show("reactions", message),
    },
    rights.recall && {
      label: t("messages.recall"),
      icon: <Undo2 size={size} />,
      danger: true,
      leaves: true,
      // One's own can be written anew; somebody else's is gone.
      onSelect: () => (own ? tools.recall(message) : tools.show("recall", message)),
    },
  ];
  return entries.filter((entry) => entry !== false);
}

function addressOf({ conversation_id, seq }: Message): string {
  return new URL(`/c/${conversation_id}/${seq}`, location.origin).href;
}
