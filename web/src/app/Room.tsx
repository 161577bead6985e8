/** An open conversation: header, history, composer, and beside them who is in it. */
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Welcome } from "@/features/assistants/Welcome";
import { attach, trayKey } from "@/features/composer/attached";
import { Composer } from "@/features/composer/Composer";
import type { Candidate } from "@/features/composer/mentions";
import { MemberPanel } from "@/features/members/MemberPanel";
import { AnsweringLine } from "@/features/messages/AnsweringLine";
import { Beginning } from "@/features/messages/Beginning";
import { History } from "@/features/messages/History";
import { isAskedAgain, moderates } from "@/features/messages/rights";
import { TypingLine } from "@/features/messages/TypingLine";
import { useClient, useWorld } from "@/hooks/client";
import { useLate } from "@/hooks/task";
import { useFace, useTitle } from "@/hooks/words";
import type { NewFile } from "@/sync/client";
import { presentMembers } from "@/sync/members";
import type { ConversationState, Stretch } from "@/sync/state";
import { hasNewer } from "@/sync/stretch";
import { Notice, Skeleton } from "@/ui/Notice";
import { useCompose } from "./compose";
import { useDrop } from "./drop";
import { ownLive, useLive } from "./live";
import { type RoomDialog, RoomDialogs } from "./RoomDialogs";
import { RoomHeader } from "./RoomHeader";
import styles from "./RoomPage.module.css";
import { useTarget } from "./target";

interface RoomProps {
  conversation: ConversationState;
  stretch: Stretch;
  target: number | null;
  back: ReactNode;
}

export function Room({ conversation, stretch, target, back }: RoomProps) {
  const { t } = useTranslation();
  const client = useClient();
  const [, navigate] = useLocation();
  const [showMembers, setShowMembers] = useState(false);
  const [dialog, setDialog] = useState<RoomDialog | null>(null);
  const { facts, meId } = conversation;
  const title = useTitle(conversation);
  const face = useFace(conversation);
  const place = useTarget(conversation, stretch, target);
  const late = useLate(place === "loading", 300);
  const compose = useCompose(conversation);
  const people = useCandidates(conversation);
  const live = useLive(conversation);
  const own = ownLive(conversation, live);
  const isAssistant = facts.kind === "assistant";
  useEffect(() => client.watch(facts.id), [client, facts.id]);
  const jump = useCallback(
    (seq: number) => navigate(`/c/${facts.id}/${seq}`),
    [navigate, facts.id],
  );
  const largest = useWorld(({ limits }) => limits.upload_bytes);
  const drop = useDrop((files) => attach(trayKey(meId, facts.id), files, largest));
  const isOpen = !facts.archived_at && compose.about?.kind !== "edit";
  const send = (text: string, files: NewFile[]) => {
    if (target !== null) navigate(`/c/${facts.id}`, { replace: true });
    if (hasNewer(stretch, facts.last_seq)) void client.newest(facts.id);
    void client.send(facts.id, text, { parentId: compose.about?.message.id, files });
    compose.cancel();
  };
  const save = async (text: string) => {
    const message = compose.about?.message;
    if (message && isAskedAgain(conversation)) await client.replies.askAgain(message, text);
    else if (message) await client.deeds.edit(message, text);
    compose.cancel();
  };
  const write = async (userId: string) => {
    const direct = await client.api.startDirect(userId);
    client.adopt(direct);
    navigate(`/c/${direct.id}`);
  };
  return (
    <section className={styles.room} aria-label={title} {...(isOpen && drop.where)}>
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className={styles.column}>
        <RoomHeader
          conversation={conversation}
          title={title}
          back={back}
          showMembers={showMembers}
          onMembers={() => setShowMembers((shown) => !shown)}
          onDialog={setDialog}
          onSearch={() => navigate(`/search?in=${facts.id}`)}
        />
        {(place === "missing" || place === "purged") && target !== null && (
          <div className={styles.notice}>
            <Notice tone="calm">
              {t(place === "purged" ? "messages.purgedTarget" : "messages.gone")}
            </Notice>
          </div>
        )}
        {place === "loading" ? (
          <div className={styles.waiting}>{late && <Skeleton label={t("app.loading")} />}</div>
        ) : (
          <History
            conversation={conversation}
            stretch={stretch}
            target={place === "there" ? target : null}
            beginning={
              isAssistant ? (
                <Welcome conversation={conversation} onAsk={(text) => send(text, [])} />
              ) : (
                <Beginning conversation={conversation} title={title} />
              )
            }
            onLatest={() => target !== null && navigate(`/c/${facts.id}`, { replace: true })}
            onReply={compose.reply}
            onEdit={compose.edit}
            onRewrite={compose.rewrite}
            onJump={jump}
          />
        )}
        {facts.archived_at ? (
          <p className={styles.archived}>{t("composer.archived")}</p>
        ) : (
          <Composer
            key={compose.key}
            conversationId={facts.id}
            userId={meId}
            to={isAssistant ? face.name : title}
            about={compose.about}
            people={people}
            status={
              <>
                <TypingLine conversation={conversation} />
                {!isAssistant && <AnsweringLine live={live} />}
              </>
            }
            onSend={send}
            onSave={save}
            onTyping={(typing) => client.typing(facts.id, typing)}
            onCancel={compose.cancel}
            onEditLast={compose.editLast}
            onStop={own && (() => void client.replies.cancel(own).catch(() => undefined))}
          />
        )}
      </div>
      {showMembers && facts.kind === "group" && (
        <MemberPanel
          conversation={conversation}
          onClose={() => setShowMembers(false)}
          onWrite={(userId) => void write(userId)}
          onAdd={facts.archived_at ? undefined : () => setDialog("add")}
        />
      )}
      {isOpen && drop.over && (
        <div className={styles.drop} aria-hidden="true">
          <p>{t("files.drop", { name: title })}</p>
        </div>
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

/** Whom one can name in a room. */
function useCandidates(conversation: ConversationState): Candidate[] {
  const { t, i18n } = useTranslation();
  const { members, meId } = conversation;
  const everyone = moderates(conversation);
  const isRoom = conversation.facts.kind === "group";
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the conversation only its members matter
  return useMemo(() => {
    if (!isRoom) return [];
    const { compare } = new Intl.Collator(i18n.language);
    const people = presentMembers(conversation)
      .filter(({ user }) => user.id !== meId && user.username)
      .map(({ user }) => ({
        id: user.id,
        username: user.username ?? "",
        name: user.display_name,
        image: user.avatar_url,
      }))
      .sort((a, b) => compare(a.name, b.name));
    const all = { id: "all", username: "all", name: t("messages.everyone") };
    return everyone ? [...people, all] : people;
  }, [members, meId, everyone, isRoom, t, i18n.language]);
}
