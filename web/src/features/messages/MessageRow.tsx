import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useActive, useLongPress } from "@/hooks/active";
import { useClient, useWorld } from "@/hooks/client";
import { clock, full } from "@/i18n/times";
import type { Message } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Answer } from "./Answer";
import { Files } from "./Files";
import styles from "./MessageRow.module.css";
import { MessageText } from "./MessageText";
import { Quote } from "./Quote";
import { Reactions } from "./Reactions";
import { ReceiptMark } from "./ReceiptMark";
import { RecalledRow, SystemRow } from "./SystemRow";
import { shownFiles } from "./shown";
import { Toolbar } from "./Toolbar";
import { useTools } from "./tools";
import { VersionSwitch } from "./VersionSwitch";
import type { Versions } from "./versions";

export interface MessageRowProps {
  message: Message;
  opens: boolean;
  closes: boolean;
  own: boolean;
  highlighted: boolean;
  /** Whether what it answers is shown with it. */
  quotes: boolean;
  versions?: Versions | undefined;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, own } = props;
  const user = useWorld((world) => world.users[message.sender.id]);
  const name = user?.display_name ?? message.sender.display_name;
  if (message.role === "system") return <SystemRow message={message} />;
  if (message.retracted_at) return <RecalledRow message={message} name={name} own={own} />;
  const image = user ? user.avatar_url : message.sender.avatar_url;
  if (message.role === "assistant") return <Answer {...props} name={name} image={image} />;
  return <Spoken {...props} name={name} image={image} />;
});

/** What somebody has said, with all that belongs to it. */
function Spoken(props: MessageRowProps & { name: string; image: string | null }) {
  const { message, opens, closes, own, highlighted, versions, name, image } = props;
  const { t, i18n } = useTranslation();
  const { show } = useTools();
  const { active, setHeld, watch } = useActive();
  const press = useLongPress(() => show("sheet", message));
  const meId = useWorld((world) => world.me?.id ?? "");
  const isForMe = !own && (message.mentions_all || message.mentions.includes(meId));
  const time = clock(message.created_at, i18n.language);
  return (
    <article
      className={styles.row}
      data-own={own || undefined}
      data-opens={opens || undefined}
      data-closes={closes || undefined}
      data-highlighted={highlighted || undefined}
      data-mentioned={isForMe || undefined}
      data-seq={message.seq}
      tabIndex={-1}
      aria-label={t("messages.by", { name, time })}
      {...watch}
    >
      {!own && (
        <div className={styles.face}>
          {opens && <Avatar name={name} hueKey={message.sender.id} image={image} size="s" />}
        </div>
      )}
      <div className={styles.body}>
        {opens && !own && <p className={styles.name}>{name}</p>}
        <div className={styles.line}>
          <div className={styles.held} {...press}>
            <Bubble message={message} />
            {active && <Toolbar message={message} onHold={setHeld} />}
          </div>
          <Aside message={message} time={time} reachable={active} receipt={own && closes} />
        </div>
        {versions && <VersionSwitch message={message} versions={versions} />}
        <Reactions message={message} />
      </div>
    </article>
  );
}

function Bubble({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const { previews } = useClient();
  const { conversation, jump, look } = useTools();
  const { content, mentions, mentions_all, parent_id, edited_at, attachments } = message;
  const hasFiles = attachments.length > 0;
  return (
    <div className={styles.bubble} dir="auto" data-files={hasFiles || undefined}>
      {parent_id && <Quote conversation={conversation} id={parent_id} onJump={jump} />}
      {hasFiles && <Files files={shownFiles(attachments, previews)} onOpen={look} />}
      {(content || edited_at) && (
        <div className={styles.words}>
          <MessageText text={content} mentions={mentions} all={mentions_all} />
          {edited_at && (
            <span className={styles.edited} title={full(edited_at, i18n.language)}>
              {" "}
              ({t("messages.edited")})
            </span>
          )}
        </div>
      )}
    </div>
  );
}

interface AsideProps {
  message: Message;
  time: string;
  reachable: boolean;
  receipt: boolean;
}

/** Beside the bubble: when, as the address of the message, and how far one's own has come. */
function Aside({ message, time, reachable, receipt }: AsideProps) {
  const { t, i18n } = useTranslation();
  const exact = full(message.created_at, i18n.language);
  return (
    <div className={styles.aside}>
      <a
        className={styles.time}
        href={`/c/${message.conversation_id}/${message.seq}`}
        title={exact}
        tabIndex={reachable ? 0 : -1}
        aria-label={t("messages.permalink", { time: exact })}
      >
        <time dateTime={message.created_at}>{time}</time>
      </a>
      {receipt && <ReceiptMark message={message} />}
    </div>
  );
}
