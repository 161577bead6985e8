import { describe, expect, it } from "vitest";
import { presentMembers } from "@/sync/members";
import {
  applyAck,
  applyChanges,
  applyFrame,
  applyMembers,
  applyOwnRead,
  applyPage,
  applySnapshot,
} from "@/sync/reduce";
import type { ConversationState, Pending } from "@/sync/state";
import type { Changes } from "@/sync/wire";
import { conversation, created, member, message } from "../builders";

function opened(lastSeq: number, lastRev: number): ConversationState {
  const messages = Array.from({ length: lastSeq }, (_, i) => message(i + 1, i + 1));
  return applySnapshot(
    undefined,
    { ...conversation(lastSeq, lastRev), messages, has_more: false },
    "bob",
  );
}

function changes(more: Partial<Changes>): Changes {
  const none = {
    messages: [],
    members: [],
    reads: {},
    delivered: {},
    conversation: conversation(2, 2),
  };
  return { ...none, rev: 0, more: false, reload: false, ...more };
}

function pending(clientId: string): Pending {
  return {
    client_id: clientId,
    conversation_id: "room",
    content: "hello",
    created_at: "2026-01-05T10:00:00Z",
    attempts: 0,
    state: "waiting",
  };
}

const seqs = (c: ConversationState) => c.stretch?.messages.map((m) => m.seq);

describe("numbered events", () => {
  it("apply when they are next in line", () => {
    const c = applyFrame(opened(2, 2), created(message(3, 3)));
    expect(seqs(c)).toEqual([1, 2, 3]);
    expect(c.facts).toMatchObject({ last_seq: 3, last_rev: 3, last_message: { seq: 3 } });
    expect(c.me.unread).toBe(3);
  });

  it("are ignored when known already", () => {
    const c = opened(2, 2);
    expect(applyFrame(c, created(message(2, 2, "ada", { content: "other" })))).toBe(c);
  });

  it("wait behind a gap, ask for the changes, and apply after them", () => {
    let c = applyFrame(opened(2, 2), created(message(4, 4)));
    expect(c.needs).toBe("changes");
    expect(seqs(c)).toEqual([1, 2]);
    c = applyFrame(c, created(message(5, 5)));
    c = applyChanges(c, changes({ messages: [message(3, 3)], rev: 3 }));
    expect(seqs(c)).toEqual([1, 2, 3, 4, 5]);
    expect(c).toMatchObject({ needs: null, held: [], facts: { last_rev: 5 } });
  });

  it("of a kind this client does not know are fetched as changes", () => {
    const frame = { event: "poll.closed", conversation_id: "room", rev: 3, data: {} };
    expect(applyFrame(opened(2, 2), frame).needs).toBe("changes");
  });

  it("edit and recall messages in place, in the preview too", () => {
    const edited = message(2, 3, "ada", { content: "better" });
    const c = applyFrame(opened(2, 2), { event: "message.updated", rev: 3, data: edited });
    expect(c.stretch?.messages[1]?.content).toBe("better");
    expect(c.facts.last_message?.content).toBe("better");
    expect(c.facts.last_seq).toBe(2);
  });

  it("count members who come and go", () => {
    let c = applyMembers(opened(0, 2), [member("ada", 1), member("bob", 2)]);
    c = applyFrame(c, { event: "member.joined", rev: 3, data: member("eve", 3) });
    expect(c.facts.member_count).toBe(3);
    const left = member("ada", 4, { left_at: "2026-01-06T00:00:00Z" });
    c = applyFrame(c, { event: "member.left", rev: 4, data: left });
    expect(c.facts.member_count).toBe(2);
    expect(presentMembers(c).map((m) => m.user.id)).toEqual(["bob", "eve"]);
    const revived = applyMembers(c, [member("ada", 1)]);
    expect(presentMembers(revived).map((m) => m.user.id)).toEqual(["bob", "eve"]);
  });
});

describe("marks", () => {
  it("only grow, and one's own decides what is unread", () => {
    let c = applyOwnRead(opened(5, 5), 4);
    expect(c.me).toMatchObject({ read_seq: 4, unread: 1 });
    const mark = { user_id: "bob", read_seq: 2, delivered_seq: 2, read_at: "" };
    c = applyFrame(c, { event: "read.marked", at_rev: 5, data: mark });
    expect(c.me).toMatchObject({ read_seq: 4, unread: 1 });
  });

  it("follow the author's own messages", () => {
    const c = applyFrame(opened(2, 2), created(message(3, 3, "ada")));
    expect(c.reads.ada).toBe(3);
    const own = applyFrame(c, created(message(4, 4, "bob")));
    expect(own.me).toMatchObject({ read_seq: 4, unread: 0 });
  });

  it("come with the changes, which carry no rev for them", () => {
    const c = applyChanges(opened(3, 3), changes({ reads: { bob: 3, ada: 1 }, rev: 3 }));
    expect(c.me.unread).toBe(0);
    expect(c.reads).toEqual({ bob: 3, ada: 1 });
  });
});

describe("own messages", () => {
  it("replace their pending item when they are heard", () => {
    let c: ConversationState = { ...opened(2, 2), pending: [pending("c-bob-3"), pending("later")] };
    c = applyFrame(c, created(message(3, 3, "bob")));
    expect(c.pending.map((item) => item.client_id)).toEqual(["later"]);
  });

  it("with the same client_id by somebody else stay pending", () => {
    const c = applyFrame(
      { ...opened(2, 2), pending: [pending("mine")] },
      created(message(3, 3, "ada", { client_id: "mine" })),
    );
    expect(c.pending).toHaveLength(1);
  });

  it("acknowledged before their event count as the event", () => {
    const own = message(3, 3, "bob");
    let c = applyAck({ ...opened(2, 2), pending: [pending("c-bob-3")] }, own);
    expect(seqs(c)).toEqual([1, 2, 3]);
    expect(c.pending).toEqual([]);
    c = applyFrame(c, created(own));
    expect(seqs(c)).toEqual([1, 2, 3]);
  });

  it("acknowledged ahead of others' messages wait for their place", () => {
    let c = applyAck({ ...opened(2, 2), pending: [pending("c-bob-4")] }, message(4, 4, "bob"));
    expect(seqs(c)).toEqual([1, 2]);
    expect(c.pending[0]?.state).toBe("stored");
    c = applyFrame(c, created(message(3, 3)));
    c = applyFrame(c, created(message(4, 4, "bob")));
    expect(seqs(c)).toEqual([1, 2, 3, 4]);
    expect(c.pending).toEqual([]);
  });

  it("sent before a cut and found in the changes are settled", () => {
    const c = applyChanges(
      { ...opened(2, 2), pending: [pending("c-bob-3")] },
      changes({ messages: [message(3, 3, "bob")], rev: 3 }),
    );
    expect(c.pending).toEqual([]);
  });
});

describe("pages", () => {
  it("join older messages before the stretch", () => {
    const c = applySnapshot(
      undefined,
      { ...conversation(6, 6), messages: [message(5, 5), message(6, 6)], has_more: true },
      "bob",
    );
    const page = { items: [message(3, 3), message(4, 4)], has_more: true };
    expect(seqs(applyPage(c, page, "older"))).toEqual([3, 4, 5, 6]);
  });

  it("do not bring back what was edited while they were on their way", () => {
    let c = applySnapshot(
      undefined,
      { ...conversation(3, 3), messages: [message(3, 3)], has_more: true },
      "bob",
    );
    c = { ...c, late: { messages: {}, reactions: [] } };
    const edited = message(1, 4, "ada", { content: "new" });
    c = applyFrame(c, { event: "message.updated", rev: 4, data: edited });
    c = applyPage(c, { items: [message(1, 1), message(2, 2)], has_more: false }, "older");
    expect(c.stretch?.messages[0]?.content).toBe("new");
  });

  it("around an old message leave new ones for later", () => {
    let c = applyPage(
      opened(9, 9),
      { items: [message(2, 2), message(3, 3)], has_more: true, has_newer: true },
      "instead",
    );
    c = applyFrame(c, created(message(10, 10)));
    expect(seqs(c)).toEqual([2, 3]);
    expect(c.facts.last_seq).toBe(10);
  });
});

describe("a snapshot", () => {
  it("older than what was heard meanwhile asks for the difference", () => {
    const heard = applyFrame(opened(2, 2), created(message(3, 3)));
    const old = {
      ...conversation(2, 2),
      messages: [message(1, 1), message(2, 2)],
      has_more: false,
    };
    const c = applySnapshot(heard, old, "bob");
    expect(c.needs).toBe("changes");
    const whole = applyChanges(c, changes({ messages: [message(3, 3)], rev: 3 }));
    expect(seqs(whole)).toEqual([1, 2, 3]);
  });

  it("is wanted when too much was missed", () => {
    expect(applyChanges(opened(2, 2), changes({ reload: true, rev: 2000 })).needs).toBe("reload");
  });
});

describe("messages that were removed for good", () => {
  const purged = (c: ConversationState, rev: number, firstSeq: number, lastSeq: number) =>
    applyFrame(c, {
      event: "conversation.updated",
      rev,
      data: { ...conversation(lastSeq, rev, { first_seq: firstSeq }), last_message: null },
    });

  it("are forgotten, and nothing asks for older ones", () => {
    const open = opened(5, 5);
    const reaching = {
      ...open,
      stretch: { messages: open.stretch?.messages ?? [], hasOlder: true },
    };
    const c = purged(reaching, 6, 4, 5);
    expect(seqs(c)).toEqual([4, 5]);
    expect(c.stretch?.hasOlder).toBe(false);
    expect(c.facts.last_message).toMatchObject({ seq: 5 });
  });

  it("leave what is newer as it was", () => {
    const newest = applyPage(
      opened(5, 5),
      { items: [message(4, 4), message(5, 5)], has_more: true, has_newer: false },
      "instead",
    );
    const c = purged(newest, 6, 3, 5);
    expect(seqs(c)).toEqual([4, 5]);
    expect(c.stretch?.hasOlder).toBe(true);
  });

  it("are unread for nobody, and quoted nowhere", () => {
    const quoting = { ...opened(5, 5), quotes: { m2: message(2, 2), m5: message(5, 5) } };
    const c = purged(quoting, 6, 5, 5);
    expect(c.me.unread).toBe(1);
    expect(c.quotes).toMatchObject({ m2: null, m5: { seq: 5 } });
  });

  it("may be all there are: the next one is shown all the same", () => {
    const none = purged(opened(3, 3), 4, 4, 3);
    expect(seqs(none)).toEqual([]);
    expect(none).toMatchObject({ facts: { last_message: null }, me: { unread: 0 } });
    expect(seqs(applyFrame(none, created(message(4, 5))))).toEqual([4]);
  });

  it("do not come back with a page that was read before", () => {
    const c = purged(opened(5, 5), 6, 5, 5);
    const page = { items: [message(3, 3), message(4, 4)], has_more: true, has_newer: false };
    expect(seqs(applyPage(c, page, "older"))).toEqual([5]);
  });
});
