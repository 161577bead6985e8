import { Check, Copy, Ellipsis, Info, RefreshCw, ThumbsDown, ThumbsUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import type { Message } from "@/sync/wire";
import { IconButton } from "@/ui/Button";
import { useCopied } from "@/ui/markdown/useCopied";
import type { Opened } from "./Answer";
import styles from "./Answer.module.css";
import { isDemo, stoodInText } from "./provider";
import { useTools } from "./tools";
import { VersionSwitch } from "./VersionSwitch";
import type { Versions } from "./versions";

interface AnswerBarProps {
  message: Message;
  versions: Versions | undefined;
  /** The last of its group: its tools are always in sight. */
  lasting: boolean;
  opened: Opened;
  onOpen: (part: Opened) => void;
}

/** Below an answer: what one does with it. */
export function AnswerBar({ message, versions, lasting, opened, onOpen }: AnswerBarProps) {
  const { t } = useTranslation();
  const { conversation, again, show } = useTools();
  const stands = message.superseded_by === null && conversation.facts.archived_at === null;
  const tool = styles.tool ?? "";
  // With an assistant alone the head of the page says it.
  const alone = conversation.facts.kind === "assistant";
  const stoodIn = stoodInText(t, message);
  return (
    <div className={styles.bar} data-lasting={lasting || undefined}>
      {versions && <VersionSwitch message={message} versions={versions} />}
      {message.content !== "" && <CopyTool text={message.content} />}
      {message.content !== "" && <Thumbs message={message} onRated={() => onOpen("rating")} />}
      {stands && mayBeMadeAnew(message) && (
        <IconButton className={tool} label={t("replies.again")} onClick={() => again(message)}>
          <RefreshCw size={15} aria-hidden="true" />
        </IconButton>
      )}
      <IconButton
        className={tool}
        label={t("replies.details")}
        aria-expanded={opened === "details"}
        onClick={() => onOpen(opened === "details" ? null : "details")}
      >
        <Info size={15} aria-hidden="true" />
      </IconButton>
      <IconButton
        className={tool}
        label={t("messages.more")}
        data-menu
        onClick={() => show("sheet", message)}
      >
        <Ellipsis size={16} aria-hidden="true" />
      </IconButton>
      {isDemo(message.reply) && !alone && <Demo />}
      {stoodIn && (
        <button
          type="button"
          className={styles.stoodIn}
          aria-expanded={opened === "details"}
          onClick={() => onOpen(opened === "details" ? null : "details")}
        >
          {stoodIn}
        </button>
      )}
    </div>
  );
}

/** Where nothing was said there is "try again" above, which keeps to the time it has to wait. */
function mayBeMadeAnew({ state, content }: Message): boolean {
  return state !== "queued" && (state !== "failed" || content !== "");
}

function CopyTool({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopied();
  // Only pages on TLS or localhost may write to the clipboard.
  if (!navigator.clipboard) return null;
  return (
    <IconButton
      className={styles.tool ?? ""}
      label={t(copied ? "replies.copied" : "replies.copy")}
      onClick={() => copy(text)}
    >
      {copied ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
    </IconButton>
  );
}

/** The best or the worst at once; more about it afterwards. */
function Thumbs({ message, onRated }: { message: Message; onRated: () => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const rating = message.feedback?.rating;
  const rate = async (value: number) => {
    await client.replies.rate(message, value, message.feedback?.comment ?? null);
    onRated();
  };
  return (
    <>
      <IconButton
        className={styles.tool ?? ""}
        label={t("replies.good")}
        aria-pressed={rating !== undefined && rating > 3}
        onClick={() => void rate(5)}
      >
        <ThumbsUp size={15} aria-hidden="true" />
      </IconButton>
      <IconButton
        className={styles.tool ?? ""}
        label={t("replies.bad")}
        aria-pressed={rating !== undefined && rating < 3}
        onClick={() => void rate(1)}
      >
        <ThumbsDown size={15} aria-hidden="true" />
      </IconButton>
    </>
  );
}

/** An answer without a model says so; to those who can change it, how. */
function Demo() {
  const { t } = useTranslation();
  const administers = useWorld(({ me }) => me?.role === "owner" || me?.role === "admin");
  return (
    <span className={styles.demo} title={administers ? t("replies.demoHint") : undefined}>
      {t("replies.demo")}
    </span>
  );
}
