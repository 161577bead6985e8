import { CircleAlert, Play, RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/sync/wire";
import { Button } from "@/ui/Button";
import styles from "./Answer.module.css";
import { whyOf } from "./provider";
import { useTools } from "./tools";

const BROKEN = ["interrupted", "failed", "cancelled", "queued"] as const;

/** Where an answer did not come to its end: why, in plain words, and the way on. */
export function AnswerEnd({ message }: { message: Message }) {
  const { t } = useTranslation();
  const state = BROKEN.find((known) => known === message.state);
  if (!state || !message.reply) return null;
  const { error } = message.reply;
  return (
    <div className={styles.end} data-state={state} role={state === "failed" ? "alert" : "status"}>
      {state === "failed" && <CircleAlert size={16} aria-hidden="true" />}
      <span>
        {error && state !== "queued"
          ? t("replies.because", { what: t(`replies.${state}`), why: whyOf(t, error) })
          : t(`replies.${state}`)}
      </span>
      {state !== "queued" && message.superseded_by === null && <GoOn message={message} />}
    </div>
  );
}

function GoOn({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { conversation, goOn } = useTools();
  const wait = useCountdown(message.reply?.error?.retry_after ?? 0);
  if (conversation.facts.archived_at) return null;
  const begun = message.content !== "";
  return (
    <Button className={styles.goOn ?? ""} disabled={wait > 0} onClick={() => goOn(message)}>
      {begun ? <Play size={14} aria-hidden="true" /> : <RotateCcw size={14} aria-hidden="true" />}
      {wait > 0
        ? t("replies.retryIn", { count: wait })
        : t(begun ? "replies.goOn" : "replies.retry")}
    </Button>
  );
}

/** Seconds that are left of those a provider has asked for. */
function useCountdown(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    setLeft(seconds);
    if (seconds <= 0) return;
    const timer = setInterval(() => setLeft((old) => Math.max(0, old - 1)), 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}
