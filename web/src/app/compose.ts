/** What one is about to write in a room: something new, an answer, or an old message anew. */
import { useCallback, useState } from "react";
import { keepDraft } from "@/features/composer/drafts";
import { isAskedAgain, rightsOf } from "@/features/messages/rights";
import { useWorld } from "@/hooks/client";
import type { ConversationState } from "@/sync/state";
import type { Message } from "@/sync/wire";

export interface About {
  kind: "reply" | "edit";
  message: Message;
  /** The edited question is asked anew. */
  again?: boolean;
}

export function useCompose(conversation: ConversationState) {
  const [about, setAbout] = useState<About | null>(null);
  /** Another number is another composer, which reads the draft again. */
  const [round, setRound] = useState(0);
  const { id } = conversation.facts;
  const { meId } = conversation;
  const again = isAskedAgain(conversation);
  const usual = useWorld(({ limits }) => limits.edit_window);
  const reply = useCallback((message: Message) => setAbout({ kind: "reply", message }), []);
  const edit = useCallback(
    (message: Message) => setAbout({ kind: "edit", message, again }),
    [again],
  );
  const cancel = useCallback(() => setAbout(null), []);
  const rewrite = useCallback(
    (text: string) => {
      keepDraft(meId, id, text);
      setAbout(null);
      setRound((n) => n + 1);
    },
    [meId, id],
  );
  const editLast = () => {
    const last = conversation.stretch?.messages.findLast(
      (message) =>
        message.sender.id === meId && rightsOf(message, conversation, Date.now(), usual).edit,
    );
    if (last) edit(last);
  };
  const key = about?.kind === "edit" ? about.message.id : `new-${round}`;
  return { about, key, reply, edit, cancel, rewrite, editLast };
}
