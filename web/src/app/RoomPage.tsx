/** One conversation: header, history, composer, members. Opens it, or says why it cannot. */
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { Composer } from "@/features/composer/Composer";
import { MemberPanel } from "@/features/members/MemberPanel";
import { Beginning } from "@/features/messages/Beginning";
import { History } from "@/features/messages/History";
import { useClient, useWorld } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText, useTitle } from "@/hooks/words";
import { ApiError } from "@/sync/api";
import type { ConversationState, Stretch } from "@/sync/state";
import { hasNewer } from "@/sync/stretch";
import { Button } from "@/ui/Button";
import { Empty, Notice, Skeleton } from "@/ui/Notice";
import { RoomDialogs } from "./RoomDialogs";
import { RoomHeader } from "./RoomHeader";
import styles from "./RoomPage.module.css";
import { useTarget } from "./target";

interface RoomPageProps {
  id: string;
  /** From the address: the message to show. */
  seq: string | undefined;
  back: ReactNode;
}

export function RoomPage({ id, seq, back }: RoomPageProps) {
  const { t } = useTranslation();
  const client = useClient();
  const conversation = useWorld((world) => world.conversations[id]);
  const target = seq && /^[1-9]\d*$/.test(seq) ? Number(seq) : null;
  const opened = conversation?.stretch ? "open" : "closed";
  const opening = useTask(
    () => (opened === "open" ? Promise.resolve() : client.open(id)),
    [client, id, opened],
  );
  const late = useLate(!conversation?.stretch && opening.loading, 300);
  if (conversation?.stretch) {
    return (
      <Room
        conversation={conversation}
        stretch={conversation.stretch}
        target={target}
        back={back}
      />
    );
  }
  return (
    <section className={styles.room}>
      <header className={styles.bare}>{back}</header>
      {late && !opening.error && <Skeleton rows={7} label={t("app.loading")} />}
      {opening.error !== undefined && (
        <NotOpen id={id} error={opening.error} again={opening.again} />
      )}
    </section>
  );
}

interface RoomProps {
  conversation: ConversationState;
  stretch: Stretch;
  target: number | null;
  back: ReactNode;
}

function Room({ conversation, stretch, target, back }: RoomProps) {
  const { t } = useTranslation();
  const client = useClient();
  const [, navigate] = useLocation();
  const [showMembers, setShowMembers] = useState(false);
  const [dialog, setDialog] = useState<"add" | "leave" | null>(null);
  const { facts, meId } = conversation;
  const title = useTitle(conversation);
  const place = useTarget(conversation, stretch, target);
  const late = useLate(place === "loading", 300);
  useEffect(() => client.watch(facts.id), [client, facts.id]);
  const isRoom = facts.kind === "group";
  return (
    <section className={styles.room} aria-label={title}>
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className={styles.column}>
        <RoomHeader
          conversation={conversation}
          title={title}
          back={back}
          showMembers={showMembers}
          onMembers={() => setShowMembers((shown) => !shown)}
          onLeave={() => setDialog("leave")}
        />
        {place === "missing" && target !== null && (
          <div className={styles.notice}>
            <Notice tone="calm">{t("messages.gone")}</Notice>
          </div>
        )}
        {place === "loading" ? (
          <div className={styles.waiting}>{late && <Skeleton label={t("app.loading")} />}</div>
        ) : (
          <History
            conversation={conversation}
            stretch={stretch}
            target={place === "missing" ? null : target}
            beginning={<Beginning conversation={conversation} title={title} />}
            onLatest={() => target !== null && navigate(`/c/${facts.id}`, { replace: true })}
          />
        )}
        {facts.archived_at ? (
          <p className={styles.archived}>{t("composer.archived")}</p>
        ) : (
          <Composer
            conversationId={facts.id}
            userId={meId}
            to={title}
            onSend={(text) => {
              if (target !== null) navigate(`/c/${facts.id}`, { replace: true });
              if (hasNewer(stretch, facts.last_seq)) void client.newest(facts.id);
              void client.send(facts.id, text);
            }}
          />
        )}
      </div>
      {showMembers && isRoom && (
        <MemberPanel
          conversation={conversation}
          onClose={() => setShowMembers(false)}
          onAdd={() => setDialog("add")}
        />
      )}
      <RoomDialogs
        conversation={conversation}
        title={title}
        open={dialog}
        onClose={() => setDialog(null)}
      />
    </section>
  );
}

interface NotOpenProps {
  id: string;
  error: unknown;
  again: () => void;
}

function NotOpen({ id, error, again }: NotOpenProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const join = useWish(() => client.join(id));
  const code = error instanceof ApiError ? error.code : "";
  if (code === "not_member" || code === "forbidden") {
    return (
      <Empty title={t("rooms.joinTitle")} text={t("rooms.joinText")}>
        {join.error !== undefined && <Notice>{textOf(join.error)}</Notice>}
        <Button look="primary" busy={join.busy} onClick={() => void join.run()}>
          {t("rooms.join")}
        </Button>
      </Empty>
    );
  }
  if (code === "not_found" || code === "invalid") {
    return (
      <Empty title={t("rooms.goneTitle")} text={t("rooms.goneText")}>
        <Link href="/">{t("app.home")}</Link>
      </Empty>
    );
  }
  return (
    <Empty title={textOf(error)}>
      <Button onClick={again}>{t("app.retry")}</Button>
    </Empty>
  );
}
