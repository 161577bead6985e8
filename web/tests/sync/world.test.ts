import { describe, expect, it } from "vitest";
import { emptyWorld, type World } from "@/sync/state";
import type { Me } from "@/sync/wire";
import { reduce } from "@/sync/world";
import { conversation, created, member, message, user } from "../builders";

const me: Me = { ...user("bob"), email: null, locale: null, time_zone: null };

function listed(): World {
  const world = reduce(emptyWorld, { type: "signed-in", me });
  return reduce(world, { type: "listed", conversations: [conversation(2, 2)], complete: true });
}

describe("the world", () => {
  it("keeps the list alive without opening a conversation", () => {
    const world = reduce(listed(), { type: "frame", frame: created(message(3, 3)) });
    expect(world.conversations.room?.me.unread).toBe(3);
    expect(world.conversations.room?.stretch).toBeNull();
  });

  it("drops a conversation when one has been removed from it", () => {
    const left = member("bob", 3, { left_at: "2026-01-06T00:00:00Z" });
    const frame = { event: "member.left", conversation_id: "room", rev: 3, data: left };
    expect(reduce(listed(), { type: "frame", frame }).conversations).toEqual({});
  });

  it("asks about conversations it hears of for the first time", () => {
    const frame = { ...created(message(1, 1)), conversation_id: "elsewhere" };
    const world = reduce(listed(), { type: "frame", frame });
    expect(world.unknown).toEqual(["elsewhere"]);
  });

  it("takes presence from presence, not from frames made for everyone", () => {
    let world = reduce(listed(), { type: "users", users: [{ ...user("ada"), online: true }] });
    const frame = {
      event: "member.updated",
      conversation_id: "room",
      rev: 3,
      data: member("ada", 3),
    };
    world = reduce(world, { type: "frame", frame });
    expect(world.users.ada?.online).toBe(true);
    const data = { user_id: "ada", online: false, last_seen_at: "2026-01-05T11:00:00Z" };
    world = reduce(world, { type: "frame", frame: { event: "presence", data } });
    expect(world.users.ada).toMatchObject({ online: false, last_seen_at: data.last_seen_at });
  });

  it("forgets everything at sign-out", () => {
    const world = reduce(listed(), { type: "signed-out" });
    expect(world).toMatchObject({ phase: "signed-out", me: null, conversations: {}, users: {} });
  });
});
