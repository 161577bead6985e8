import { Check, CircleAlert, Clock3, Link2 } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import { useErrorText } from "@/hooks/words";
import { clock, full } from "@/i18n/times";
import type { Pending } from "@/sync/state";
import type { Message } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button, IconButton } from "@/ui/Button";
import styles from "./MessageRow.module.css";
import { MessageText } from "./MessageText";

interface MessageRowProps {
  message: Message;
  opens: boolean;
  closes: boolean;
  own: boolean;
  highlighted: boolean;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, opens, closes, own, highlighted } = props;
  const { t, i18n } = useTranslation();
  const user = useWorld((world) => world.users[message.sender.id]);
  const name = user?.display_name ?? message.sender.display_name;
  if (message.role === "system") return <p className={styles.system}>{message.content}</p>;
  if (message.retracted_at) {
    return (
      <p className={styles.system} data-seq={message.seq}>
        {own ? t("messages.recalledOwn") : t("messages.recalled", { name })}
      </p>
    );
  }
  const time = clock(message.created_at, i18n.language);
  return (
    <article
      className={styles.row}
      data-own={own || undefined}
      data-opens={opens || undefined}
      data-closes={closes || undefined}
      data-highlighted={highlighted || undefined}
      data-seq={message.seq}
      aria-label={t("messages.by", { name, time })}
    >
      {!own && (
        <div className={styles.face}>
          {opens && (
            <Avatar
              name={name}
              hueKey={message.sender.id}
              image={user?.avatar_url ?? null}
              size="s"
            />
          )}
        </div>
      )}
      <div className={styles.body}>
        {opens && !own && <p className={styles.name}>{name}</p>}
        <div className={styles.line}>
          <div className={styles.bubble} dir="auto">
            <MessageText text={message.content} />
            {message.edited_at && <span className={styles.edited}> ({t("messages.edited")})</span>}
          </div>
          <Aside message={message} time={time} />
        </div>
      </div>
    </article>
  );
});

/** Beside the bubble: when, and a link that can be passed on. */
function Aside({ message, time }: { message: Message; time: string }) {
  const { t, i18n } = useTranslation();
  const [copied, setCopied] = useState(false);
  const address = `/c/${message.conversation_id}/${message.seq}`;
  const exact = full(message.created_at, i18n.language);
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(address, location.origin).href);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div className={styles.aside}>
      <a
        className={styles.time}
        href={address}
        title={exact}
        aria-label={t("messages.permalink", { time: exact })}
      >
        <time dateTime={message.created_at}>{time}</time>
      </a>
      {/* Only pages on TLS may write to the clipboard; elsewhere the time is the link to copy. */}
      {navigator.clipboard && (
        <IconButton
          className={styles.copy ?? ""}
          label={copied ? t("messages.copied") : t("messages.copyLink")}
          onClick={copy}
        >
          {copied ? <Check size={16} aria-hidden="true" /> : <Link2 size={16} aria-hidden="true" />}
        </IconButton>
      )}
    </div>
  );
}

interface PendingRowProps {
  item: Pending;
  opens: boolean;
  closes: boolean;
  /** Whether the line is there: on its way, or waiting for it. */
  connected: boolean;
  onRetry: (clientId: string) => void;
  onDiscard: (clientId: string) => void;
}

/** An own message on its way. */
export function PendingRow({
  item,
  opens,
  closes,
  connected,
  onRetry,
  onDiscard,
}: PendingRowProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const failed = item.state === "failed";
  return (
    <article
      className={styles.row}
      data-own
      data-opens={opens || undefined}
      data-closes={closes || undefined}
      data-pending={failed ? "failed" : "waiting"}
      aria-label={failed ? t("messages.failed") : t("messages.sending")}
    >
      <div className={styles.body}>
        <div className={styles.line}>
          <div className={styles.bubble} dir="auto">
            <MessageText text={item.content} />
          </div>
          {!failed && (
            <span
              className={styles.way}
              title={connected ? t("messages.sending") : t("messages.waiting")}
            >
              <Clock3 size={14} aria-hidden="true" />
            </span>
          )}
        </div>
        {failed && (
          <p className={styles.failed} role="alert">
            <CircleAlert size={16} aria-hidden="true" />
            <span>
              {t("messages.failed")} {item.error && textOf(item.error)}
            </span>
            <span className={styles.choices}>
              <Button look="quiet" onClick={() => onRetry(item.client_id)}>
                {t("messages.retry")}
              </Button>
              <Button look="quiet" onClick={() => onDiscard(item.client_id)}>
                {t("messages.discard")}
              </Button>
            </span>
          </p>
        )}
      </div>
    </article>
  );
}
