import { useTranslation } from "react-i18next";
import { useFace } from "@/hooks/words";
import type { ConversationState } from "@/sync/state";
import { Avatar } from "@/ui/Avatar";
import { Suggestions } from "./Suggestions";
import styles from "./Welcome.module.css";

interface WelcomeProps {
  conversation: ConversationState;
  onAsk: (text: string) => void;
}

/** Before the first question to an assistant: whom one asks, and what one might. */
export function Welcome({ conversation, onAsk }: WelcomeProps) {
  const { t } = useTranslation();
  const face = useFace(conversation);
  const isEmpty = conversation.facts.last_seq === 0 && conversation.pending.length === 0;
  if (!isEmpty) return null;
  return (
    <div className={styles.welcome}>
      <Avatar {...face} size="l" />
      <p className={styles.title}>{t("assistants.titleOf", { name: face.name })}</p>
      <Suggestions onAsk={onAsk} />
    </div>
  );
}
