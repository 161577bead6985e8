import { describe, expect, it } from "vitest";
import { reacted, wished, wishKey } from "@/sync/reactions";
import { applyChanges, applyFrame, applyPage, applySnapshot } from "@/sync/reduce";
import type { ConversationState } from "@/sync/state";
import type { Changes, Message } from "@/sync/wire";
import { conversation, created, message } from "../builders";

function opened(messages: Message[]): ConversationState {
  const last = messages.length;
  return applySnapshot(
    undefined,
    { ...conversation(last, last), messages, has_more: false },
    "bob",
  );
}

function reaction(rev: number, user: string, added: boolean, count: number, emoji = "👍") {
  const data = { message_id: "m1", emoji, user_id: user, added, count };
  return { event: "reaction.changed", conversation_id: "room", rev, data };
}

const first = (c: ConversationState) => c.stretch?.messages[0];

describe("reactions", () => {
  it("take the count that is told, and know the reader's own", () => {
    let c = applyFrame(opened([message(1, 1)]), reaction(2, "ada", true, 1));
    expect(first(c)).toMatchObject({ rev: 2, reactions: [{ emoji: "👍", count: 1, me: false }] });
    c = applyFrame(c, reaction(3, "bob", true, 2));
    expect(first(c)?.reactions).toEqual([{ emoji: "👍", count: 2, me: true }]);
    c = applyFrame(c, reaction(4, "ada", false, 1));
    expect(first(c)?.reactions).toEqual([{ emoji: "👍", count: 1, me: true }]);
    c = applyFrame(c, reaction(5, "bob", false, 0));
    expect(first(c)?.reactions).toEqual([]);
  });

  it("keep the reader's own through an edit, which is told without", () => {
    let c = applyFrame(opened([message(1, 1)]), reaction(2, "bob", true, 1));
    const live = { emoji: "👍", count: 1 } as Message["reactions"][number];
    const edited = message(1, 3, "ada", { content: "new", reactions: [live] });
    c = applyFrame(c, { event: "message.updated", rev: 3, data: edited });
    expect(first(c)).toMatchObject({ content: "new", reactions: [{ me: true }] });
  });

  it("told in one frame with other changes are asked for, since one's own are not in it", () => {
    const live = { emoji: "👍", count: 1 } as Message["reactions"][number];
    const changes = {
      messages: [message(1, 2, "ada", { reactions: [live] })],
      members: [],
      reads: {},
      delivered: {},
      conversation: conversation(1, 2),
      rev: 2,
      more: false,
      reload: false,
    } satisfies Changes;
    const c = applyFrame(opened([message(1, 1)]), { event: "changes", data: changes });
    expect(c).toMatchObject({ needs: "changes", facts: { last_rev: 1 } });
  });

  it("heard while an older page is on its way are in it afterwards", () => {
    const page = { items: [message(1, 1)], has_more: false };
    let c = applySnapshot(
      undefined,
      { ...conversation(2, 2), messages: [message(2, 2)], has_more: true },
      "bob",
    );
    c = applyFrame({ ...c, late: { messages: {}, reactions: [] } }, reaction(3, "bob", true, 1));
    c = applyPage(c, page, "older");
    expect(first(c)?.reactions).toEqual([{ emoji: "👍", count: 1, me: true }]);
  });

  it("older than the message change nothing", () => {
    const change = { message_id: "m1", emoji: "👍", user_id: "ada", added: true, count: 1 };
    const known = message(1, 5);
    expect(reacted(known, 5, change, "bob")).toBe(known);
  });

  it("that one has just pressed are shown before the server has answered", () => {
    const known = message(1, 1, "ada", { reactions: [{ emoji: "👍", count: 1, me: true }] });
    const wishes = { [wishKey("m1", "👍")]: false, [wishKey("m1", "🎉")]: true };
    expect(wished(known, wishes)).toEqual([{ emoji: "🎉", count: 1, me: true }]);
  });
});

describe("mentions", () => {
  it("count where they are new, name the reader, and are by somebody else", () => {
    let c = applyFrame(opened([]), created(message(1, 1, "ada", { mentions: ["bob"] })));
    c = applyFrame(c, created(message(2, 2, "ada", { mentions_all: true })));
    c = applyFrame(c, created(message(3, 3, "ada", { mentions: ["eve"] })));
    expect(c.me).toMatchObject({ unread: 3, mentions: 2 });
    c = applyFrame(c, created(message(4, 4, "bob", { mentions_all: true })));
    expect(c.me).toMatchObject({ unread: 0, mentions: 0 });
  });

  it("are what the server says of one's own state", () => {
    const c = applyFrame(opened([message(1, 1), message(2, 2)]), {
      event: "conversation.me",
      at_rev: 2,
      data: {
        notify: "none",
        pinned_at: "2026-01-01T00:00:00Z",
        read_seq: 1,
        unread: 1,
        mentions: 1,
      },
    });
    expect(c.me).toMatchObject({ notify: "none", read_seq: 1, unread: 1, mentions: 1 });
    expect(c.me.pinned_at).not.toBeNull();
  });
});

describe("receipts and typing", () => {
  it("grow, read ones as delivered ones", () => {
    const mark = (read_seq: number, delivered_seq: number) => ({
      event: "read.marked",
      at_rev: 2,
      data: { user_id: "ada", read_seq, delivered_seq, read_at: "" },
    });
    let c = applyFrame(opened([message(1, 1), message(2, 2)]), mark(0, 2));
    expect(c).toMatchObject({ reads: { ada: 0 }, delivered: { ada: 2 } });
    c = applyFrame(applyFrame(c, mark(2, 2)), mark(1, 1));
    expect(c).toMatchObject({ reads: { ada: 2 }, delivered: { ada: 2 } });
  });

  it("show others who write, until they send or stop", () => {
    const typing = (user_id: string, on: boolean) => ({
      event: "typing",
      at_rev: 0,
      data: { user_id, typing: on },
    });
    let c = applyFrame(opened([]), typing("ada", true));
    c = applyFrame(applyFrame(c, typing("eve", true)), typing("bob", true));
    expect(c.typing).toEqual(["ada", "eve"]);
    c = applyFrame(c, created(message(1, 1, "ada")));
    expect(c.typing).toEqual(["eve"]);
    expect(applyFrame(c, typing("eve", false)).typing).toEqual([]);
  });
});

it("a quoted message that is recalled is recalled in the quote too", () => {
  let c: ConversationState = { ...opened([]), quotes: { m1: message(1, 1) } };
  c = applyChanges(c, {
    messages: [message(1, 2, "ada", { content: "", retracted_at: "2026-01-06T00:00:00Z" })],
    members: [],
    reads: {},
    delivered: {},
    conversation: conversation(1, 2),
    rev: 2,
    more: false,
    reload: false,
  });
  expect(c.quotes.m1).toMatchObject({ content: "", retracted_at: "2026-01-06T00:00:00Z" });
});
