/** What a message opens: its sheet on a phone, who has read it, who reacted, whether to recall it. */
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { saidIn } from "@/hooks/files";
import { useLate, useTask } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { full } from "@/i18n/times";
import type { Message, User } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice, Skeleton } from "@/ui/Notice";
import styles from "./MessageDialogs.module.css";
import { MessageSheet } from "./MessageSheet";
import { type MessageView, useTools } from "./tools";

interface MessageDialogsProps {
  view: MessageView | null;
  message: Message | null;
  onClose: () => void;
}

export function MessageDialogs({ view, message, onClose }: MessageDialogsProps) {
  const { t } = useTranslation();
  if (!message) return null;
  const shared = { closeLabel: t("app.close"), onClose };
  return (
    <>
      <MessageSheet open={view === "sheet"} message={message} onClose={onClose} />
      <Dialog {...shared} open={view === "readers"} title={t("messages.readersTitle")}>
        <Readers message={message} />
      </Dialog>
      <Dialog {...shared} open={view === "reactions"} title={t("messages.reactions")}>
        <Reacted message={message} />
      </Dialog>
      <Dialog
        {...shared}
        open={view === "recall"}
        title={t("messages.recallTitle", { name: message.sender.display_name })}
        description={t("messages.recallText")}
      >
        <Recall message={message} onClose={onClose} />
      </Dialog>
    </>
  );
}

function Readers({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const task = useTask(() => client.api.readers(message.id), [message.id]);
  return (
    <People
      task={task}
      none={t("messages.readByNobody")}
      rows={task.value?.map(({ user, read_at }) => ({
        user,
        key: user.id,
        at: full(read_at, i18n.language),
      }))}
    />
  );
}

function Reacted({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const task = useTask(() => client.api.reactions(message.id), [message.id]);
  return (
    <People
      task={task}
      none={t("messages.noReactions")}
      rows={task.value?.map(({ user, emoji, created_at }) => ({
        user,
        key: user.id + emoji,
        emoji,
        at: full(created_at, i18n.language),
      }))}
    />
  );
}

interface PeopleProps {
  task: { error: unknown; loading: boolean; again: () => void };
  none: string;
  rows: { key: string; user: User; at: string; emoji?: string }[] | undefined;
}

function People({ task, none, rows }: PeopleProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const late = useLate(task.loading, 300);
  const meId = useWorld((world) => world.me?.id);
  return (
    <>
      {task.error !== undefined && (
        <Notice>
          {textOf(task.error)}
          <Button onClick={task.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={3} label={t("app.loading")} />}
      {rows?.length === 0 && <p className={styles.none}>{none}</p>}
      <ul className={styles.people}>
        {rows?.map(({ key, user, at, emoji }) => (
          <li key={key} className={styles.person}>
            <Avatar name={user.display_name} hueKey={user.id} image={user.avatar_url} size="s" />
            <span className={styles.text}>
              <span className={styles.name}>
                {user.id === meId ? t("messages.you") : user.display_name}
              </span>
              <span className={styles.at}>{at}</span>
            </span>
            {emoji && <span className={styles.emoji}>{emoji}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Recall({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t } = useTranslation();
  const { recall } = useTools();
  return (
    <>
      <blockquote className={styles.quoted}>{saidIn(t, message).slice(0, 300)}</blockquote>
      <div className={styles.buttons}>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button
          look="danger"
          onClick={() => {
            onClose();
            recall(message);
          }}
        >
          {t("messages.recall")}
        </Button>
      </div>
    </>
  );
}
