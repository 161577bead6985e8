/** What a room asks in a dialog of its own: whom to add, what it is, whether to leave. */
import { useLocation } from "wouter";
import { ChatSettings } from "@/features/assistants/ChatSettings";
import { AddPeople } from "@/features/conversations/AddPeople";
import { LeaveRoom } from "@/features/conversations/LeaveRoom";
import { RoomSettings } from "@/features/conversations/RoomSettings";
import { presentMembers } from "@/sync/members";
import type { ConversationState } from "@/sync/state";

export type RoomDialog = "add" | "chat" | "settings" | "leave";

interface RoomDialogsProps {
  conversation: ConversationState;
  title: string;
  open: RoomDialog | null;
  onClose: () => void;
}

export function RoomDialogs({ conversation, title, open, onClose }: RoomDialogsProps) {
  const [, navigate] = useLocation();
  return (
    <>
      <AddPeople
        open={open === "add"}
        onClose={onClose}
        conversationId={conversation.facts.id}
        name={title}
        memberIds={presentMembers(conversation).map((member) => member.user.id)}
      />
      <RoomSettings
        open={open === "settings"}
        onClose={onClose}
        conversation={conversation}
        onArchived={onClose}
      />
      <ChatSettings open={open === "chat"} onClose={onClose} conversation={conversation} />
      <LeaveRoom
        open={open === "leave"}
        onClose={onClose}
        room={conversation.facts}
        onLeft={() => navigate("/")}
      />
    </>
  );
}
