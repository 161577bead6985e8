/** Names and errors in the reader's words, the same on every page. */
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/sync/api";
import type { ConversationState } from "@/sync/state";
import type { User } from "@/sync/wire";
import { useWorld } from "./client";

const SPOKEN = [
  "offline",
  "unavailable",
  "limited",
  "invalid_credentials",
  "username_taken",
  "email_taken",
  "already_member",
  "forbidden",
  "not_member",
  "not_found",
  "too_large",
  "last_owner",
  "conflict",
  "unauthenticated",
  "edit_window_over",
  "gone",
  "quota_reached",
  "unsupported_type",
  "file_too_large",
  "file_lost",
  "cut",
] as const;

/** What an error means for the reader, and what to do about it. */
export function errorText(t: TFunction, error: unknown): string {
  const code = codeOf(error);
  const spoken = SPOKEN.find((known) => known === code);
  if (spoken) return t(`errors.${spoken}`);
  if (code === "invalid") return detailOf(error) ?? t("errors.invalid");
  const id = error instanceof ApiError ? error.requestId : null;
  return id ? t("errors.unexpected", { id }) : t("errors.unexpectedPlain");
}

export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => errorText(t, error);
}

/** For the emoji picker, which knows no languages itself. */
export function useEmojiWords() {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      title: t("composer.emoji"),
      search: t("emoji.search"),
      none: t("emoji.none"),
      recent: t("emoji.recent"),
      groups: EMOJI_GROUPS.map((group) => t(`emoji.${group}`)),
    }),
    [t],
  );
}

/** In the order of Unicode. */
const EMOJI_GROUPS = [
  "faces",
  "people",
  "nature",
  "food",
  "travel",
  "activities",
  "things",
  "signs",
  "flags",
] as const;

/** A conversation's name: a room's own, the other person's, or "(you)" for notes to self. */
export function titleOf(
  t: TFunction,
  conversation: ConversationState,
  users: Record<string, User>,
): string {
  const { facts, peerId, meId } = conversation;
  if (facts.kind === "assistant") return facts.name ?? t("assistants.untitled");
  if (facts.kind !== "direct") return facts.name ?? "";
  const other = users[peerId ?? meId];
  const name = other?.display_name ?? facts.name ?? "";
  return peerId === null || peerId === meId ? t("list.self", { name }) : name;
}

/** What an avatar needs to know of a conversation. */
export function useFace({ facts, peerId, meId }: ConversationState) {
  const isDirect = facts.kind === "direct";
  const isAssistant = facts.kind === "assistant";
  const otherId = peerId ?? meId;
  const otherName = useWorld((world) => world.users[otherId]?.display_name);
  const otherImage = useWorld((world) => world.users[otherId]?.avatar_url);
  return {
    name: (isDirect || isAssistant ? otherName : facts.name) ?? "",
    hueKey: isDirect || isAssistant ? otherId : facts.id,
    image: isDirect || isAssistant ? otherImage : facts.avatar_url,
    shape: isDirect ? ("round" as const) : ("square" as const),
  };
}

export function useTitle(conversation: ConversationState): string {
  const { t } = useTranslation();
  const users = useWorld((world) => world.users);
  return titleOf(t, conversation, users);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return String(error.code);
}

function detailOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("detail" in error)) return undefined;
  return error.detail ? String(error.detail) : undefined;
}
