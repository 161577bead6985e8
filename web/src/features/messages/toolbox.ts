/** Makes the tools of a history: what goes to where one writes, what to the server, what is open. */
import { useEffect, useMemo, useState } from "react";
import { useClient } from "@/hooks/client";
import type { ConversationState } from "@/sync/state";
import type { Message } from "@/sync/wire";
import type { MessageView, Tools } from "./tools";

interface Ways {
  conversation: ConversationState;
  onReply: (message: Message) => void;
  onEdit: (message: Message) => void;
  onRewrite: (text: string) => void;
  onJump: (seq: number) => void;
  choose: Tools["choose"];
}

/** How long a failure stays in sight, in milliseconds. */
const SHOWN = 8000;

export function useToolbox(ways: Ways) {
  const { conversation, onReply, onEdit, onRewrite, onJump, choose } = ways;
  const client = useClient();
  const [shown, setShown] = useState<{ view: MessageView; message: Message } | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [picture, setPicture] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(undefined);
  useEffect(() => {
    if (failure === undefined) return;
    const timer = setTimeout(() => setFailure(undefined), SHOWN);
    return () => clearTimeout(timer);
  }, [failure]);
  const tools = useMemo<Tools>(() => {
    const attempt = (deed: Promise<void>) => {
      setFailure(undefined);
      deed.catch(setFailure);
    };
    return {
      conversation,
      reply: onReply,
      edit: onEdit,
      rewrite: onRewrite,
      jump: onJump,
      look: setPicture,
      react: (message, emoji, on) => attempt(client.deeds.react(message, emoji, on)),
      recall: (message) => attempt(client.deeds.recall(message)),
      choose,
      stop: (message) => attempt(client.replies.cancel(message)),
      goOn: (message) => attempt(client.replies.resume(message)),
      again: (message) => attempt(client.replies.regenerate(message)),
      show: (view, message) => {
        setShown({ view, message });
        setOpen(true);
      },
    };
  }, [client, conversation, onReply, onEdit, onRewrite, onJump, choose]);
  // What has been opened keeps its message while it closes, and shows its newest form.
  const message = conversation.stretch?.messages.find(({ id }) => id === shown?.message.id);
  return {
    tools,
    view: shown && { view: isOpen ? shown.view : null, message: message ?? shown.message },
    close: () => setOpen(false),
    picture,
    look: setPicture,
    failure,
    forgive: () => setFailure(undefined),
  };
}
