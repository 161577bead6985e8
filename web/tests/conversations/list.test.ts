import { describe, expect, it } from "vitest";
import { badgeOf } from "@/features/conversations/badge";
import { bare, ordered } from "@/features/conversations/preview";
import { fromConversation } from "@/sync/reduce";
import type { Membership } from "@/sync/wire";
import { conversation } from "../builders";

function listed(id: string, at: string, me: Partial<Membership> = {}) {
  const base = conversation(9, 9, { id, last_message_at: at });
  return fromConversation({ ...base, me: { ...(base.me as Membership), ...me } }, "bob");
}

it("what is pinned stands above what is newer", () => {
  const pinned = listed("old", "2026-01-01T00:00:00Z", { pinned_at: "2026-01-02T00:00:00Z" });
  const newer = listed("new", "2026-01-05T00:00:00Z");
  const list = ordered({ new: newer, old: pinned });
  expect(list.map(({ facts }) => facts.id)).toEqual(["old", "new"]);
});

it("an answer is told in one line without its marks", () => {
  const text = "# Planets\n\nSee **Mars** and [Earth](https://example.org):\n\n- `one`\n| a | b |";
  expect(bare(text).replace(/\s+/gu, " ")).toBe("Planets See Mars and Earth: one a b");
});

describe("the badge", () => {
  const told = (notify: Membership["notify"]) =>
    badgeOf(listed("a", "2026-01-05T00:00:00Z", { notify, read_seq: 4, mentions: 2 }));

  it("counts by how one wants to be told", () => {
    expect(told("all")).toEqual({ count: 5, mentions: 2, quiet: false });
    expect(told("mentions")).toEqual({ count: 2, mentions: 2, quiet: false });
    expect(told("none")).toEqual({ count: 0, mentions: 0, quiet: true });
  });
});
