import { CircleAlert, Play, RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message, Reply } from "@/sync/wire";
import { Button } from "@/ui/Button";
import styles from "./Answer.module.css";
import { endOf, secondsLeft, whyOf } from "./provider";
import { useTools } from "./tools";

/** Where an answer did not come to its end: why, in plain words, and the way on. */
export function AnswerEnd({ message }: { message: Message }) {
  const { t } = useTranslation();
  const end = endOf(message);
  const { reply } = message;
  if (!end || !reply) return null;
  const { error } = reply;
  return (
    <div className={styles.end} data-state={end} role={end === "failed" ? "alert" : "status"}>
      <span className={styles.why}>
        {end === "failed" && <CircleAlert size={16} aria-hidden="true" />}
        <span>
          {error && end !== "queued"
            ? t("replies.because", { what: t(`replies.${end}`), why: whyOf(t, error) })
            : t(`replies.${end}`)}
        </span>
      </span>
      {end !== "queued" && message.superseded_by === null && (
        <GoOn message={message} reply={reply} />
      )}
    </div>
  );
}

function GoOn({ message, reply }: { message: Message; reply: Reply }) {
  const { t } = useTranslation();
  const { conversation, goOn } = useTools();
  const wait = useCountdown(reply);
  if (conversation.facts.archived_at) return null;
  const begun = message.content !== "";
  const waiting =
    wait < 100
      ? t("replies.retryIn", { count: wait })
      : t("replies.retryInMinutes", { count: Math.ceil(wait / 60) });
  return (
    <Button className={styles.goOn ?? ""} disabled={wait > 0} onClick={() => goOn(message)}>
      {begun ? <Play size={14} aria-hidden="true" /> : <RotateCcw size={14} aria-hidden="true" />}
      {wait > 0 ? waiting : t(begun ? "replies.goOn" : "replies.retry")}
    </Button>
  );
}

/** Seconds that are left of those a provider has asked for. */
function useCountdown(reply: Reply): number {
  const [left, setLeft] = useState(() => secondsLeft(reply, Date.now()));
  useEffect(() => {
    const look = () => setLeft(secondsLeft(reply, Date.now()));
    look();
    if (secondsLeft(reply, Date.now()) === 0) return;
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [reply]);
  return left;
}
