import { expect, it } from "vitest";
import { newSince } from "@/features/messages/reading";
import { fromConversation } from "@/sync/reduce";
import type { Conversation, Membership } from "@/sync/wire";
import { conversation } from "../builders";

function newest(unread: number, kind: Conversation["kind"]): number | null {
  const base = conversation(9, 9, { kind });
  const me = { ...(base.me as Membership), read_seq: 9 - unread, unread };
  return newSince(fromConversation({ ...base, me }, "bob"));
}

it("what is new stands below a line, but for the answers of an assistant one is alone with", () => {
  expect(newest(2, "group")).toBe(7);
  expect(newest(2, "direct")).toBe(7);
  expect(newest(0, "group")).toBeNull();
  expect(newest(2, "assistant")).toBeNull();
});
