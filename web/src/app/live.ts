/** Which replies are being written in a conversation. */
import { useMemo } from "react";
import type { ConversationState } from "@/sync/state";
import { isLive } from "@/sync/streams";
import type { Message } from "@/sync/wire";

/** Further back nothing is written any more: replies are serial. */
const NEAR = 40;

export function useLive(conversation: ConversationState): Message[] {
  const messages = conversation.stretch?.messages;
  return useMemo(() => messages?.slice(-NEAR).filter(isLive) ?? [], [messages]);
}

/** The one that the reader has asked for, or may take for theirs: with an assistant alone any. */
export function ownLive(conversation: ConversationState, live: Message[]): Message | undefined {
  const { stretch, meId, facts } = conversation;
  return live.findLast(({ reply }) => {
    if (facts.kind === "assistant") return true;
    const question = stretch?.messages.find(({ id }) => id === reply?.trigger_id);
    return question?.sender.id === meId;
  });
}
