/** What a room asks in a dialog of its own: whom to add, whether to leave. */
import { useLocation } from "wouter";
import { AddPeople } from "@/features/conversations/AddPeople";
import { LeaveRoom } from "@/features/conversations/LeaveRoom";
import { presentMembers } from "@/sync/members";
import type { ConversationState } from "@/sync/state";

interface RoomDialogsProps {
  conversation: ConversationState;
  title: string;
  open: "add" | "leave" | null;
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
      <LeaveRoom
        open={open === "leave"}
        onClose={onClose}
        room={conversation.facts}
        onLeft={() => navigate("/")}
      />
    </>
  );
}
