/** What a system message says, in the reader's language and from where they stand. */
import type { TFunction } from "i18next";
import type { Message, User } from "@/sync/wire";

/** The server's own English where the client does not know what happened. */
export function noticeText(
  t: TFunction,
  message: Pick<Message, "notice" | "sender" | "content">,
  users: Record<string, User>,
  meId: string | undefined,
): string {
  const { notice, sender } = message;
  if (!notice) return message.content;
  const nameOf = (id: string, name: string) => users[id]?.display_name ?? name;
  const by = sender.id === meId ? t("notices.You") : nameOf(sender.id, sender.display_name);
  const other = notice.user_id ?? "";
  const name = other === meId ? t("notices.you") : nameOf(other, notice.name ?? "");
  const value = notice.value ?? "";
  switch (notice.event) {
    case "member.joined":
      return t("notices.joined", { by });
    case "member.added":
      return t("notices.added", { by, name });
    case "member.left":
      return t("notices.left", { by });
    case "member.removed":
      return t("notices.removed", { by, name });
    case "member.role_changed":
      return isRole(value)
        ? t("notices.role", { by, name, role: t(`notices.roles.${value}`) })
        : message.content;
    case "conversation.renamed":
      return t("notices.renamed", { by, value });
    case "conversation.described":
      return t("notices.described", { by });
    case "conversation.opened":
      return t("notices.opened", { by });
    case "conversation.closed":
      return t("notices.closed", { by });
    case "conversation.archived":
      return t("notices.archived", { by });
    default:
      return message.content;
  }
}

function isRole(value: string): value is "owner" | "admin" | "moderator" | "member" {
  return ["owner", "admin", "moderator", "member"].includes(value);
}
