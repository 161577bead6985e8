import type { TFunction } from "i18next";
import { describe, expect, it } from "vitest";
import { badgeOf } from "@/features/conversations/badge";
import { ordered, previewOf } from "@/features/conversations/preview";
import { fromConversation } from "@/sync/reduce";
import type { Membership } from "@/sync/wire";
import { conversation, message } from "../builders";

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

it("the last thing said is told in one line without its marks, whoever said it", () => {
  const t = ((key: string, values: object = {}) =>
    [key, ...Object.values(values)].join("|")) as unknown as TFunction;
  const content = "# Planets\n\nSee **Mars** and [Earth](https://example.org):\n\n- `one`";
  const told = (sender: string) => {
    const last_message = message(9, 9, sender, { content });
    return previewOf(t, fromConversation(conversation(9, 9, { last_message }), "bob"), {});
  };
  expect(told("bob")).toBe("list.you|Planets See Mars and Earth: • one");
  expect(told("ada")).toBe("list.named|ada|Planets See Mars and Earth: • one");
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
