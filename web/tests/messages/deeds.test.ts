import { describe, expect, it } from "vitest";
import { receiptOf } from "@/features/messages/receipts";
import { rightsOf } from "@/features/messages/rights";
import { piecesOf } from "@/features/messages/text";
import { applyMembers, applySnapshot } from "@/sync/reduce";
import type { ConversationState } from "@/sync/state";
import type { Conversation, Membership } from "@/sync/wire";
import { conversation, member, message } from "../builders";

/** The server's window, in seconds. */
const USUAL = 300;

const SENT = Date.parse(message(1, 1).created_at);

function room(more: Partial<Conversation> = {}, me: Partial<Membership> = {}): ConversationState {
  const base = conversation(1, 1);
  const open = {
    ...base,
    ...more,
    me: { ...(base.me as Membership), ...me },
    messages: [message(1, 1)],
    has_more: false,
  };
  const { role } = open.me;
  const members = [member("ada", 1), member("bob", 2, { role }), member("eve", 3)];
  return applyMembers(applySnapshot(undefined, open, "bob"), members);
}

describe("what may be done to a message", () => {
  it("one's own is edited and recalled within the window, the server's or the room's", () => {
    const own = message(1, 1, "bob");
    expect(rightsOf(own, room(), SENT + 299_000, USUAL)).toMatchObject({
      edit: true,
      recall: true,
    });
    expect(rightsOf(own, room(), SENT + 301_000, USUAL)).toMatchObject({
      edit: false,
      recall: false,
    });
    expect(rightsOf(own, room(), SENT + 301_000, 600)).toMatchObject({ edit: true });
    expect(rightsOf(own, room({ edit_window: 0 }), SENT + 1000, USUAL)).toMatchObject({
      edit: false,
    });
  });

  it("others' are recalled by who moderates, at any time, and edited by nobody", () => {
    const others = message(1, 1, "ada");
    expect(rightsOf(others, room(), SENT, USUAL)).toEqual({
      write: true,
      edit: false,
      recall: false,
    });
    const late = rightsOf(others, room({}, { role: "moderator" }), SENT + 1e9, USUAL);
    expect(late).toEqual({ write: true, edit: false, recall: true });
  });

  it("nothing in an archive, nor with what is recalled or the server's", () => {
    const none = { write: false, edit: false, recall: false };
    const archived = room({ archived_at: "2026-01-06T00:00:00Z" });
    expect(rightsOf(message(1, 1, "bob"), archived, SENT, USUAL)).toEqual(none);
    expect(rightsOf(message(1, 1, "bob", { type: "system" }), room(), SENT, USUAL)).toEqual(none);
    const gone = message(1, 1, "bob", { retracted_at: "2026-01-06T00:00:00Z" });
    expect(rightsOf(gone, room(), SENT, USUAL)).toEqual(none);
  });
});

describe("how far a message has come", () => {
  const own = message(1, 1, "bob");
  it("sent, delivered to all, read by some, read by all", () => {
    const c = room();
    expect(receiptOf(own, c)).toEqual({ state: "sent", readers: 0, others: 2 });
    const got = { ...c, delivered: { ada: 1, eve: 1 } };
    expect(receiptOf(own, got)?.state).toBe("delivered");
    expect(receiptOf(own, { ...got, reads: { ada: 1 } })).toMatchObject({ readers: 1 });
    expect(receiptOf(own, { ...c, reads: { ada: 1, eve: 1 } })?.state).toBe("read");
  });

  it("is not told in large rooms, nor to oneself", () => {
    expect(receiptOf(own, room({ member_count: 101 }))).toBeNull();
    expect(receiptOf(own, room({ kind: "direct", peer: null }))).toBeNull();
  });
});

describe("names in a text", () => {
  const names = new Map([
    ["ada", "1"],
    ["ada.b", "2"],
    ["小明", "3"],
  ]);
  const mentions = (text: string) =>
    piecesOf(text, names)
      .filter(({ mention }) => mention)
      .map((p) => [p.text, p.mention]);

  it("are marked where their owner is meant, the longest first", () => {
    expect(mentions("@ada, @ADA.b. @eve")).toEqual([
      ["@ada", "1"],
      ["@ADA.b", "2"],
    ]);
    expect(mentions("问问@小明你好")).toEqual([["@小明", "3"]]);
  });

  it("are not marked in addresses, nor as the beginning of other names", () => {
    expect(mentions("mail ada@ada or https://example.org/@ada")).toEqual([]);
    expect(mentions("@adam")).toEqual([]);
  });
});
