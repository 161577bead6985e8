/** Which part of a history a room shows first. */
import { useState } from "react";
import { useClient } from "@/hooks/client";
import { useTask } from "@/hooks/task";
import type { ConversationState, Stretch } from "@/sync/state";
import { find, hasNewer } from "@/sync/stretch";

/**
 * Sees to it that the right stretch is loaded: around the message of the address; on arrival
 * else around the first unread one, else the newest.
 */
export function useTarget(
  c: ConversationState,
  stretch: Stretch,
  target: number | null,
): "there" | "loading" | "missing" | "purged" {
  const client = useClient();
  const { id, first_seq, last_seq } = c.facts;
  const [arrived, setArrived] = useState(false);
  const [unread] = useState(() => firstUnread(c, stretch));
  const goal = target ?? (arrived ? null : unread);
  const isPurged = target !== null && target < first_seq;
  const impossible = isPurged || (target !== null && target > last_seq);
  const atEnd = arrived || !hasNewer(stretch, last_seq);
  const there = goal === null ? atEnd : impossible || find(stretch.messages, goal) >= 0;
  const task = useTask(async () => {
    if (!there) await (goal === null ? client.newest(id) : client.around(id, goal));
  }, [id, goal, there]);
  if (there && !arrived) setArrived(true);
  if (isPurged) return "purged";
  if (impossible) return "missing";
  if (there) return "there";
  return task.loading ? "loading" : "missing";
}

/** The first unread message, where it is further back than what is loaded. */
function firstUnread(
  { me, facts }: ConversationState,
  { messages, hasOlder }: Stretch,
): number | null {
  const first = messages[0]?.seq ?? 0;
  const unread = Math.max(me.read_seq + 1, facts.first_seq);
  return hasOlder && me.unread > 0 && unread < first ? unread : null;
}
