import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { saidIn } from "@/hooks/files";
import type { ConversationState } from "@/sync/state";

/** Tells screen readers what others have just written; not what is loaded from the past. */
export function Announcer({ conversation }: { conversation: ConversationState }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const heard = useRef(conversation.facts.last_seq);
  const { last_message: last } = conversation.facts;
  useEffect(() => {
    if (!last || last.seq <= heard.current) return;
    // A reply is told when it is complete.
    if (last.state === "streaming" || last.state === "queued") return;
    heard.current = last.seq;
    if (last.sender.id === conversation.meId || last.role === "system") return;
    setText(
      t("messages.announce", {
        name: last.sender.display_name,
        text: saidIn(t, last).slice(0, 300),
      }),
    );
  }, [last, conversation.meId, t]);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {text}
    </p>
  );
}
