import { type ReactNode, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { useLate, useTask, useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { Conversation } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { Button, ButtonLink } from "@/ui/Button";
import { Empty, Notice, Skeleton } from "@/ui/Notice";
import { Page } from "@/ui/Page";
import { SearchField } from "@/ui/SearchField";
import styles from "./Discover.module.css";

interface DiscoverProps {
  back: ReactNode;
  onJoined: (id: string) => void;
  onNewRoom: () => void;
}

export function Discover({ back, onJoined, onNewRoom }: DiscoverProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [query, setQuery] = useState("");
  const asked = useDeferredValue(query.trim());
  const rooms = useTask(() => client.api.publicConversations(asked), [asked]);
  const late = useLate(rooms.loading && !rooms.value, 300);
  const items = rooms.value?.items ?? [];
  return (
    <Page
      title={t("rooms.discoverTitle")}
      tab={`${t("rooms.discoverTitle")} · ${t("app.name")}`}
      back={back}
    >
      <p className={styles.intro}>{t("rooms.discoverText")}</p>
      <SearchField
        label={t("rooms.search")}
        className={styles.search ?? ""}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {rooms.error !== undefined && (
        <Notice>
          {textOf(rooms.error)}
          <Button onClick={rooms.again}>{t("app.retry")}</Button>
        </Notice>
      )}
      {late && <Skeleton label={t("app.loading")} />}
      <ul className={styles.rooms}>
        {items.map((room) => (
          <Room key={room.id} room={room} onJoined={onJoined} />
        ))}
      </ul>
      {rooms.value && items.length === 0 && asked && (
        <p className={styles.none}>{t("rooms.noMatch", { query: asked })}</p>
      )}
      {rooms.value && items.length === 0 && !asked && (
        <Empty level="h2" title={t("rooms.none")} text={t("rooms.noneText")}>
          <Button look="primary" onClick={onNewRoom}>
            {t("list.newRoom")}
          </Button>
        </Empty>
      )}
    </Page>
  );
}

function Room({ room, onJoined }: { room: Conversation; onJoined: (id: string) => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const mine = useWorld((world) => room.id in world.conversations);
  const wish = useWish(async () => {
    await client.join(room.id);
    onJoined(room.id);
  });
  return (
    <li className={styles.room}>
      <Avatar name={room.name ?? ""} hueKey={room.id} image={room.avatar_url} shape="square" />
      <div className={styles.about}>
        <h2>{room.name}</h2>
        {room.description && <p>{room.description}</p>}
        <small>{t("rooms.memberCount", { count: room.member_count })}</small>
        {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      </div>
      {mine ? (
        <ButtonLink href={`/c/${room.id}`} aria-label={`${t("rooms.open")}: ${room.name}`}>
          {t("rooms.open")}
        </ButtonLink>
      ) : (
        <Button
          look="primary"
          busy={wish.busy}
          onClick={() => void wish.run()}
          aria-label={`${t("rooms.join")}: ${room.name}`}
        >
          {t("rooms.join")}
        </Button>
      )}
    </li>
  );
}
