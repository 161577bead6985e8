/** A question to an assistant that begins a conversation: nothing is made before it is asked. */
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Suggestions } from "@/features/assistants/Suggestions";
import styles from "@/features/assistants/Welcome.module.css";
import { Composer } from "@/features/composer/Composer";
import { keepDraft } from "@/features/composer/drafts";
import { useClient } from "@/hooks/client";
import { useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { NewFile } from "@/sync/client";
import type { Me } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Notice } from "@/ui/Notice";

/** The draft of what has no conversation yet. */
const NEW = "new";

export function NewChat({ me, back }: { me: Me; back: ReactNode }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [, navigate] = useLocation();
  const [chosen, setChosen] = useState("");
  const found = useTask(() => client.assistants.list(), [client]);
  const assistants = found.value ?? [];
  const assistant =
    assistants.find(({ id }) => id === chosen) ??
    assistants.find(({ standard }) => standard) ??
    assistants[0];
  /** Another number is another composer, which reads the draft again. */
  const [round, setRound] = useState(0);
  const begin = async (text: string) => {
    try {
      return await client.replies.begin(assistant?.id);
    } catch (error) {
      // What was written is not lost with the wish.
      keepDraft(me.id, NEW, text);
      setRound((n) => n + 1);
      throw error;
    }
  };
  const asking = useWish(async (text: string, files: NewFile[]) => {
    const conversation = await begin(text);
    client.adopt(conversation);
    await client.send(conversation.id, text, { files });
    navigate(`/c/${conversation.id}`);
  });
  const ask = (text: string, files: NewFile[]) => void asking.run(text, files);
  const error = asking.error ?? found.error;
  return (
    <section className={styles.page} aria-label={t("assistants.untitled")}>
      <title>{`${t("assistants.untitled")} · ${t("app.name")}`}</title>
      <header className={styles.back}>{back}</header>
      <div className={styles.middle}>
        <div className={styles.welcome}>
          <div className={styles.portrait}>
            {assistant && (
              <Avatar
                name={assistant.name}
                hueKey={assistant.user.id}
                image={assistant.user.avatar_url}
                size="l"
                shape="square"
              />
            )}
          </div>
          <h1 className={styles.title}>{t("assistants.title")}</h1>
          {assistants.length > 1 && (
            <label className={styles.pick}>
              <span className="visually-hidden">{t("assistants.who")}</span>
              <select value={assistant?.id} onChange={(event) => setChosen(event.target.value)}>
                {assistants.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          {error !== undefined && <Notice>{textOf(error)}</Notice>}
          <Suggestions onAsk={(text) => ask(text, [])} />
        </div>
      </div>
      <Composer
        key={round}
        conversationId={NEW}
        userId={me.id}
        to={assistant?.name ?? t("assistants.label")}
        about={null}
        people={[]}
        status={null}
        onSend={ask}
        onSave={() => Promise.resolve()}
        onTyping={() => undefined}
        onCancel={() => undefined}
        onEditLast={() => undefined}
      />
    </section>
  );
}
