import { Ellipsis, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { Assistant } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button, IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Menu } from "@/ui/Menu";
import { Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import styles from "./Admin.module.css";
import { AssistantEditor } from "./AssistantEditor";

type Asked = { what: "new" } | { what: "edit" | "remove"; assistant: Assistant };

/** The members that answer: who they are, and what they are made of. */
export function Assistants() {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [asked, setAsked] = useState<Asked | null>(null);
  const task = useTask(() => client.assistants.list(), [client]);
  const late = useLate(task.loading && !task.value, 300);
  const close = () => setAsked(null);
  const done = () => {
    close();
    task.again();
  };
  return (
    <Card title={t("assistants.admin.title")} text={t("assistants.admin.text")}>
      <Button
        look="primary"
        className={styles.start ?? ""}
        onClick={() => setAsked({ what: "new" })}
      >
        <Plus size={18} aria-hidden="true" /> {t("assistants.admin.new")}
      </Button>
      {task.error !== undefined && (
        <Notice>
          {textOf(task.error)}
          <Button onClick={task.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton rows={2} label={t("app.loading")} />}
      <ul className={styles.list}>
        {task.value?.map((assistant) => (
          <Row key={assistant.id} assistant={assistant} onAsk={setAsked} />
        ))}
      </ul>
      <Dialog
        open={asked?.what === "new" || asked?.what === "edit"}
        onClose={close}
        title={
          asked?.what === "edit"
            ? t("assistants.admin.edit", { name: asked.assistant.name })
            : t("assistants.admin.new")
        }
        closeLabel={t("app.close")}
      >
        <AssistantEditor
          assistant={asked?.what === "edit" ? asked.assistant : null}
          onSaved={done}
        />
      </Dialog>
      {asked?.what === "remove" && (
        <Removing assistant={asked.assistant} onClose={close} onDone={done} />
      )}
    </Card>
  );
}

function Row({ assistant, onAsk }: { assistant: Assistant; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const { name, user, providers, standard, trigger } = assistant;
  const chain = providers.length > 0 ? providers.join(" → ") : t("assistants.admin.chain");
  const edit = {
    label: t("assistants.admin.edit", { name }),
    icon: <Pencil size={18} />,
    leaves: true,
    onSelect: () => onAsk({ what: "edit", assistant }),
  };
  const remove = {
    label: t("assistants.admin.remove"),
    icon: <Trash2 size={18} />,
    danger: true,
    leaves: true,
    onSelect: () => onAsk({ what: "remove", assistant }),
  };
  return (
    <li className={styles.person}>
      <Avatar name={name} hueKey={user.id} image={user.avatar_url} shape="square" />
      <p className={styles.about}>
        <strong>{name}</strong>
        <small>
          @{user.username} · {chain} · {t(`assistants.admin.${trigger}`)}
        </small>
      </p>
      <span className={styles.tags}>
        {standard && <span className={styles.role}>{t("assistants.admin.standard")}</span>}
      </span>
      <Menu
        trigger={
          <IconButton label={t("assistants.admin.manage", { name })}>
            <Ellipsis size={18} aria-hidden="true" />
          </IconButton>
        }
        entries={standard ? [edit] : [edit, remove]}
      />
    </li>
  );
}

interface RemovingProps {
  assistant: Assistant;
  onClose: () => void;
  onDone: () => void;
}

function Removing({ assistant, onClose, onDone }: RemovingProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const remove = useWish(async () => {
    await client.assistants.remove(assistant.id);
    onDone();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("assistants.admin.removeTitle", { name: assistant.name })}
      description={t("assistants.admin.removeText")}
      closeLabel={t("app.close")}
    >
      {remove.error !== undefined && <Notice>{textOf(remove.error)}</Notice>}
      <Button look="danger" busy={remove.busy} onClick={() => void remove.run()}>
        {t("assistants.admin.remove")}
      </Button>
    </Dialog>
  );
}
