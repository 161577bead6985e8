/** The list of conversations as it is read: ordered by last activity, each with a preview. */
import type { TFunction } from "i18next";
import { saidIn } from "@/hooks/files";
import { noticeText } from "@/hooks/notices";
import type { ConversationState, Pending, World } from "@/sync/state";

/** What is pinned first; then latest activity, to which an own message on its way counts. */
export function ordered(conversations: World["conversations"]): ConversationState[] {
  return Object.values(conversations)
    .map((conversation) => ({ conversation, at: activityOf(conversation) }))
    .sort((a, b) => pinnedAt(b.conversation) - pinnedAt(a.conversation) || b.at - a.at)
    .map(({ conversation }) => conversation);
}

function pinnedAt({ me }: ConversationState): number {
  return me.pinned_at ? 1 : 0;
}

/** Milliseconds since the epoch. */
function activityOf(c: ConversationState): number {
  const said = Date.parse(c.facts.last_message_at ?? c.facts.created_at);
  const pending = c.pending.at(-1);
  return pending ? Math.max(said, Date.parse(pending.created_at)) : said;
}

/** The last thing said, in one line. */
export function previewOf(t: TFunction, c: ConversationState, users: World["users"]): string {
  const failed = c.pending.find((item) => item.state === "failed");
  if (failed) return t("list.notSent", { text: flat(pendingText(t, failed)) });
  const pending = c.pending.at(-1);
  if (pending) return t("list.you", { text: flat(pendingText(t, pending)) });
  const last = c.facts.last_message;
  if (!last) return t("list.noMessages");
  if (last.retracted_at) return t("list.retracted");
  const text = flat(saidIn(t, last));
  if (last.role === "system") return noticeText(t, last, users, c.meId);
  if (last.sender.id === c.meId) return t("list.you", { text });
  if (last.state === "streaming") return t("assistants.writing");
  if (last.state === "failed" && !last.content) return t("replies.failed");
  return c.facts.kind === "direct" || c.facts.kind === "assistant"
    ? text
    : t("list.named", { name: last.sender.display_name, text });
}

function pendingText(t: TFunction, { content, files = [] }: Pending): string {
  const attachments = files.map(({ name, type }) => ({ file_name: name, mime_type: type }));
  return saidIn(t, { content, attachments });
}

function flat(text: string): string {
  return text.slice(0, 200).replace(/\s+/gu, " ");
}
