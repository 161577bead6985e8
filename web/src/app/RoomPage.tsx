/** The page of one conversation: opens it, or says why it cannot. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useClient, useWorld } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { ApiError } from "@/sync/api";
import { Button } from "@/ui/Button";
import { Empty, Notice, Skeleton } from "@/ui/Notice";
import { Room } from "./Room";
import styles from "./RoomPage.module.css";

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
