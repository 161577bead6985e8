/** What an assistant has said, is saying, or could not say. */
import { Square } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStream } from "@/hooks/stream";
import { clock, full } from "@/i18n/times";
import { isLive } from "@/sync/streams";
import type { Message } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import styles from "./Answer.module.css";
import { AnswerBar } from "./AnswerBar";
import { AnswerEnd } from "./AnswerEnd";
import { Details } from "./Details";
import type { MessageRowProps } from "./MessageRow";
import { MessageText } from "./MessageText";
import { Quote } from "./Quote";
import { Rating } from "./Rating";
import { Reactions } from "./Reactions";
import { useTools } from "./tools";

type AnswerProps = MessageRowProps & { name: string; image: string | null };

/** A part of the answer that opens below it. */
export type Opened = "details" | "rating" | null;

export function Answer(props: AnswerProps) {
  const { message, opens, closes, highlighted, quotes, versions, name, image } = props;
  const { t, i18n } = useTranslation();
  const { conversation, jump } = useTools();
  const [opened, setOpened] = useState<Opened>(null);
  const time = clock(message.created_at, i18n.language);
  const live = isLive(message);
  const shows = quotes && message.parent_id && conversation.facts.kind !== "assistant";
  return (
    <article
      className={styles.row}
      data-opens={opens || undefined}
      data-highlighted={highlighted || undefined}
      data-answer
      data-live={live || undefined}
      data-seq={message.seq}
      tabIndex={-1}
      aria-label={t("messages.by", { name, time })}
      aria-busy={live || undefined}
    >
      <div className={styles.face}>
        <Avatar name={name} hueKey={message.sender.id} image={image} size="s" shape="square" />
      </div>
      <div className={styles.body}>
        <p className={styles.head}>
          <span className={styles.name}>{name}</span>
          <a
            className={styles.time}
            href={`/c/${message.conversation_id}/${message.seq}`}
            tabIndex={-1}
            title={full(message.created_at, i18n.language)}
          >
            <time dateTime={message.created_at}>{time}</time>
          </a>
        </p>
        {shows && message.parent_id && (
          <Quote conversation={conversation} id={message.parent_id} onJump={jump} />
        )}
        {live ? <Growing message={message} name={name} /> : <Said message={message} />}
        {!live && <AnswerEnd message={message} />}
        {!live && (
          <AnswerBar
            message={message}
            versions={versions}
            lasting={closes}
            opened={opened}
            onOpen={setOpened}
          />
        )}
        {opened === "details" && <Details message={message} />}
        {opened === "rating" && <Rating message={message} onDone={() => setOpened(null)} />}
        <Reactions message={message} />
      </div>
    </article>
  );
}

function Said({ message }: { message: Message }) {
  const { content, mentions, mentions_all } = message;
  if (content === "") return null;
  return (
    <div className={styles.text} dir="auto" data-text>
      <MessageText text={content} mentions={mentions} all={mentions_all} />
    </div>
  );
}

/** The text as it comes; before its first word a sign of life. */
function Growing({ message, name }: { message: Message; name: string }) {
  const { t } = useTranslation();
  const { stop } = useTools();
  const stream = useStream(message.id);
  const text = stream?.text ?? message.content;
  return (
    <>
      {stream?.reason != null && <p className={styles.note}>{t("replies.restarted")}</p>}
      {text === "" ? (
        <p className={styles.thinking} role="img" aria-label={t("replies.thinking", { name })}>
          <i />
          <i />
          <i />
        </p>
      ) : (
        <div className={styles.text} dir="auto" data-text data-growing>
          <MessageText text={text} growing />
        </div>
      )}
      <Button look="quiet" className={styles.stop ?? ""} onClick={() => stop(message)}>
        <Square size={13} fill="currentcolor" aria-hidden="true" /> {t("replies.stop")}
      </Button>
    </>
  );
}
