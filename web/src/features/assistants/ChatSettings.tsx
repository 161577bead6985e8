import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { ConversationState } from "@/sync/state";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./Welcome.module.css";

interface ChatSettingsProps {
  open: boolean;
  onClose: () => void;
  conversation: ConversationState;
}

/** What one talks about with an assistant: its name, and its end. */
export function ChatSettings({ open, onClose, conversation }: ChatSettingsProps) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onClose={onClose} title={t("assistants.chat")} closeLabel={t("app.close")}>
      <Settings conversation={conversation} onClose={onClose} />
    </Dialog>
  );
}

function Settings({ conversation, onClose }: Omit<ChatSettingsProps, "open">) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const { id, name: known } = conversation.facts;
  const [name, setName] = useState(known ?? "");
  const rename = useWish(async () => {
    client.adopt(await client.api.changeRoom(id, { name: name.trim() }));
    onClose();
  });
  const archive = useWish(async () => {
    await client.api.archive(id);
    onClose();
  });
  const error = rename.error ?? archive.error;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void rename.run();
      }}
    >
      {error !== undefined && <Notice>{textOf(error)}</Notice>}
      <Field
        label={t("rooms.name")}
        required
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <div className={styles.buttons}>
        <Button type="submit" look="primary" busy={rename.busy} disabled={name.trim() === ""}>
          {t("app.save")}
        </Button>
        <Button look="danger" busy={archive.busy} onClick={() => void archive.run()}>
          {t("assistants.archive")}
        </Button>
      </div>
      <p className={styles.hint}>{t("assistants.archiveText")}</p>
    </form>
  );
}
