/** The frame of every page after the login: the list beside the page, one of them on a phone. */
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Route, Switch, useLocation } from "wouter";
import { dropTrays } from "@/features/composer/attached";
import { dropDrafts } from "@/features/composer/drafts";
import { badgeOf } from "@/features/conversations/badge";
import { ConversationList } from "@/features/conversations/ConversationList";
import { LeaveRoom } from "@/features/conversations/LeaveRoom";
import { NewDirect } from "@/features/conversations/NewDirect";
import { NewRoom } from "@/features/conversations/NewRoom";
import { useClient, useWorld } from "@/hooks/client";
import { usePhone } from "@/hooks/media";
import { useShortcut } from "@/hooks/shortcut";
import { useLate } from "@/hooks/task";
import { Mark } from "@/ui/Mark";
import { Empty } from "@/ui/Notice";
import { NewChat } from "./NewChat";
import { RoomPage } from "./RoomPage";
import styles from "./Shell.module.css";
import { isAdmin, ShellHead } from "./ShellHead";

const Discover = lazy(async () => ({
  default: (await import("@/features/conversations/Discover")).Discover,
}));
const SettingsPage = lazy(async () => ({
  default: (await import("@/features/settings/SettingsPage")).SettingsPage,
}));
const SearchPage = lazy(async () => ({
  default: (await import("@/features/search/SearchPage")).SearchPage,
}));
const AdminPage = lazy(async () => ({
  default: (await import("@/features/admin/AdminPage")).AdminPage,
}));

export function Shell() {
  const { t } = useTranslation();
  const [path, navigate] = useLocation();
  const [dialog, setDialog] = useState<"room" | "direct" | null>(null);
  const currentId = /^\/c\/([^/]+)/.exec(path)?.[1] ?? null;
  const [leaving, setLeaving] = useState<string | null>(null);
  useUnreadTitle();
  // On the page itself the key belongs to its field.
  useShortcut("k", () => path !== "/search" && navigate("/search"));
  const isListPage = usePhone() && path === "/";
  const openNew = (id: string) => {
    setDialog(null);
    navigate(`/c/${id}`);
  };
  const newRoom = () => setDialog("room");
  const newDirect = () => setDialog("direct");
  return (
    <div className={styles.shell} data-view={path === "/" ? "list" : "page"}>
      {/* On a phone the list is a page of its own: what it holds is the main thing there. */}
      <div className={styles.side} role={isListPage ? "main" : undefined}>
        {isListPage && <h1 className="visually-hidden">{t("list.title")}</h1>}
        <ConversationList
          currentId={currentId}
          head={<ShellHead onNewRoom={newRoom} onNewDirect={newDirect} />}
          onNewRoom={newRoom}
          onNewDirect={newDirect}
          onLeave={setLeaving}
        />
      </div>
      <main className={styles.main}>
        <LineBanner />
        <Suspense fallback={null}>
          <Pages onNewRoom={newRoom} />
        </Suspense>
      </main>
      <NewRoom open={dialog === "room"} onClose={() => setDialog(null)} onMade={openNew} />
      <Leaving
        id={leaving}
        onClose={() => setLeaving(null)}
        onLeft={() => {
          setLeaving(null);
          if (currentId === leaving) navigate("/");
        }}
      />
      <NewDirect open={dialog === "direct"} onClose={() => setDialog(null)} onMade={openNew} />
    </div>
  );
}

/** Asked from the list whether to leave a room. */
function Leaving(props: { id: string | null; onClose: () => void; onLeft: () => void }) {
  const { id, onClose, onLeft } = props;
  const facts = useWorld((world) => (id ? world.conversations[id]?.facts : undefined));
  if (!facts) return null;
  return <LeaveRoom open onClose={onClose} room={facts} onLeft={onLeft} />;
}

function Pages({ onNewRoom }: { onNewRoom: () => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const [, navigate] = useLocation();
  const me = useWorld((world) => world.me);
  if (!me) return null;
  const signOut = async () => {
    await client.session.signOut();
    dropDrafts(me.id);
    dropTrays();
  };
  return (
    <Switch>
      <Route path="/c/:id/:seq?">
        {({ id, seq }) => <RoomPage key={id} id={id} seq={seq} back={<Back />} />}
      </Route>
      <Route path="/new">
        <NewChat me={me} back={<Back />} />
      </Route>
      <Route path="/discover">
        <Discover back={<Back />} onJoined={(id) => navigate(`/c/${id}`)} onNewRoom={onNewRoom} />
      </Route>
      <Route path="/search">
        <SearchPage back={<Back />} />
      </Route>
      <Route path="/settings/:part?">
        {({ part }) => <SettingsPage me={me} part={part} back={<Back />} onSignOut={signOut} />}
      </Route>
      {isAdmin(me.role) && (
        <Route path="/admin/:part?">
          {({ part }) => <AdminPage me={me} part={part} back={<Back />} />}
        </Route>
      )}
      <Route path="/">
        <NothingOpen name={me.display_name} />
      </Route>
      <Route>
        <Empty title={t("app.notFoundTitle")} text={t("app.notFoundText")}>
          <Link href="/">{t("app.home")}</Link>
        </Empty>
      </Route>
    </Switch>
  );
}

function NothingOpen({ name }: { name: string }) {
  const { t } = useTranslation();
  const isNew = useWorld((world) => world.listed && Object.keys(world.conversations).length === 0);
  const art = <Mark size={64} />;
  const title = isNew ? t("list.welcomeTitle", { name }) : t("list.pickTitle");
  return (
    <Empty art={art} title={title} text={t(isNew ? "list.welcomeText" : "list.pickText")}>
      {/* An empty list offers it itself. */}
      {!isNew && <Link href="/new">{t("assistants.ask")}</Link>}
    </Empty>
  );
}

/** On a phone the way from a page to the list. */
function Back() {
  const { t } = useTranslation();
  return (
    <Link href="/" className={styles.back} aria-label={t("app.back")} title={t("app.back")}>
      <ArrowLeft size={22} aria-hidden="true" />
    </Link>
  );
}

/** Only when the line has been away for a second: most cuts heal before anyone sees them. */
function LineBanner() {
  const { t } = useTranslation();
  const open = useWorld((world) => world.line === "open");
  const late = useLate(!open, 1200);
  return (
    <div role="status" className={styles.bannerPlace}>
      {late && <p className={styles.banner}>{t("app.reconnecting")}</p>}
    </div>
  );
}

/** The number before the page's name, in the tab and for bookmarks of the busy. */
function useUnreadTitle(): void {
  const unread = useWorld((world) =>
    Object.values(world.conversations).reduce((sum, c) => sum + badgeOf(c).count, 0),
  );
  useEffect(() => {
    const prefix = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : "";
    const apply = () => {
      const plain = document.title.replace(/^\(\d+\+?\) /u, "");
      if (document.title !== prefix + plain) document.title = prefix + plain;
    };
    apply();
    // Pages set their own names: the number is put back before each of them.
    const observer = new MutationObserver(apply);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [unread]);
}
