import { Check, Link2, Ticket } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { longDate } from "@/i18n/times";
import type { Invite } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Empty, Notice, Skeleton } from "@/ui/Notice";
import { Card } from "@/ui/Page";
import styles from "./Admin.module.css";
import { NewInvite } from "./NewInvite";

/** Links by which people come in. */
export function Invites() {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const task = useTask(() => client.accounts.invites(), [client]);
  const late = useLate(task.loading && !task.value, 300);
  const revoke = useWish(async (id: string) => {
    await client.accounts.revokeInvite(id);
    task.again();
  });
  const error = task.error ?? revoke.error;
  return (
    <>
      <Card title={t("admin.newInvite")} text={t("admin.invitesText")}>
        <NewInvite onMade={task.again} />
      </Card>
      <Card title={t("admin.invites")} quiet>
        {error !== undefined && (
          <Notice>
            {textOf(error)}
            <Button onClick={task.again}>{t("app.retry")}</Button>
          </Notice>
        )}
        {late && <Skeleton rows={2} label={t("app.loading")} />}
        {task.value?.length === 0 && (
          <Empty level="h2" title={t("admin.noInvites")} text={t("admin.noInvitesText")} />
        )}
        <ul className={styles.list}>
          {task.value?.map((invite) => (
            <InviteRow
              key={invite.id}
              invite={invite}
              busy={revoke.busy}
              onRevoke={() => void revoke.run(invite.id)}
            />
          ))}
        </ul>
      </Card>
    </>
  );
}

interface InviteRowProps {
  invite: Invite;
  busy: boolean;
  onRevoke: () => void;
}

function InviteRow({ invite, busy, onRevoke }: InviteRowProps) {
  const { t, i18n } = useTranslation();
  const { code, url, uses, expires_at, conversation_id } = invite;
  const room = useWorld((world) =>
    conversation_id ? world.conversations[conversation_id]?.facts.name : undefined,
  );
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setCopied(true);
  };
  const terms = [
    uses === null ? t("admin.unlimited") : t("admin.usesLeft", { count: uses }),
    expires_at ? t("admin.until", { date: longDate(expires_at, i18n.language) }) : t("admin.noEnd"),
    ...(room ? [`${t("admin.room")} ${room}`] : []),
  ];
  return (
    <li className={styles.account}>
      <Ticket size={20} aria-hidden="true" />
      <p className={styles.about}>
        <code className={styles.code}>{url}</code>
        <small>{terms.join(" · ")}</small>
      </p>
      {navigator.clipboard && (
        <Button aria-label={t("admin.copyLinkOf", { code })} onClick={() => void copy()}>
          {copied ? <Check size={16} aria-hidden="true" /> : <Link2 size={16} aria-hidden="true" />}
          {copied ? t("app.copied") : t("admin.copyLink")}
        </Button>
      )}
      <Button
        look="danger"
        busy={busy}
        aria-label={t("admin.revokeOf", { code })}
        onClick={onRevoke}
      >
        {t("admin.revoke")}
      </Button>
    </li>
  );
}
