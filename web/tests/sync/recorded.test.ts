/** Replays what the server's tests recorded: old state + changes = new state, in every form. */
import { describe, expect, it } from "vitest";
import { presentMembers } from "@/sync/members";
import { applyChanges, applyFrame, applyMembers, applySnapshot } from "@/sync/reduce";
import type { ConversationState } from "@/sync/state";
import type { Changes, Frame, Member, Message, OpenConversation } from "@/sync/wire";

interface State extends OpenConversation {
  members: Member[];
}

interface Case {
  viewer: string;
  before: State;
  changes: Changes | { error: { code: string; detail: string } };
  events: Frame[];
  after: State | null; // the viewer is no longer a member
}

interface Recording {
  command: string;
  cases: Case[];
}

const files = import.meta.glob<Record<string, Recording>>("../../../tests/recorded/*.json", {
  eager: true,
  import: "default",
});

function load(state: State, viewer: string): ConversationState {
  const { members, ...open } = state;
  return applyMembers(applySnapshot(undefined, open, viewer), members);
}

/** What everyone must see alike, however they came to know it. */
function picture(c: ConversationState) {
  const { last_seq, last_rev, member_count, name, description, archived_at } = c.facts;
  return {
    messages: c.stretch?.messages.map(plain),
    members: presentMembers(c)
      .map(({ user, role, read_seq, left_at, rev }) => ({
        id: user.id,
        role,
        read_seq,
        left_at,
        rev,
      }))
      .sort((a, b) => a.id.localeCompare(b.id)),
    facts: { last_seq, last_rev, member_count, name, description, archived_at },
    last_message: c.facts.last_message && plain(c.facts.last_message as Message),
    me: { role: c.me.role, read_seq: c.me.read_seq, unread: c.me.unread },
  };
}

/** Live frames leave out what depends on who looks. */
function plain({
  status: _status,
  feedback: _feedback,
  ...message
}: Message & { feedback?: unknown }) {
  return message;
}

const recordings = Object.values(files).flatMap((file) => Object.values(file));

describe("recorded cases", () => {
  it("exist", () => expect(recordings.length).toBeGreaterThan(5));

  for (const recording of recordings) {
    describe(recording.command, () => {
      recording.cases.forEach(({ viewer, before, changes, events, after }, index) => {
        if (after === null || "error" in changes) {
          it(`${index}: who is out is told so`, () => {
            const last = events.at(-1);
            expect([after, "error" in changes, last?.event]).toEqual([null, true, "member.left"]);
          });
          return;
        }
        const wanted = picture(load(after, viewer));
        it(`${index}: the missed changes give the fresh state`, () => {
          expect(picture(applyChanges(load(before, viewer), changes))).toEqual(wanted);
        });
        it(`${index}: the events one by one give the fresh state`, () => {
          const start = load(before, viewer);
          expect(picture(events.reduce(applyFrame, start))).toEqual(wanted);
        });
      });
    });
  }
});
