/** Replays what the server's tests recorded: old state + changes = new state, in every form. */
import { describe, expect, it } from "vitest";
import { presentMembers } from "@/sync/members";
import { applyChanges, applyFrame, applyMembers, applySnapshot } from "@/sync/reduce";
import { type ConversationState, emptyWorld } from "@/sync/state";
import type { Changes, Frame, Me, Member, Message, OpenConversation } from "@/sync/wire";
import { reduce } from "@/sync/world";

interface State extends OpenConversation {
  members: Member[];
}

interface Case {
  viewer: string;
  before: State;
  /** An error where one is no member any more; `after` is null then. */
  changes: Changes | { error: unknown };
  events: Frame[];
  after: State | null;
}

/** By the name of the command. */
type Recording = Record<string, { cases: Case[] }>;

const files = import.meta.glob<Recording>("../../../tests/recorded/*.json", {
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

/** Marks carry no rev: on the line they come by frames of their own, which are not recorded. */
function marks({ reads }: Changes): Frame[] {
  return Object.entries(reads).map(([user_id, read_seq]) => ({
    event: "read.marked",
    data: { user_id, read_seq, delivered_seq: read_seq, read_at: "" },
  }));
}

describe.skipIf(Object.keys(files).length === 0)("recorded cases", () => {
  const commands = Object.values(files).flatMap((recording) => Object.entries(recording));
  const cases = commands.flatMap(([command, recording]) =>
    recording.cases.map((recorded, index) => ({ name: `${command}, case ${index}`, ...recorded })),
  );
  const staying = cases.filter((recorded) => recorded.after !== null);
  const leaving = cases.filter((recorded) => recorded.after === null);

  it.each(staying)("$name: the missed changes give the fresh state", (recorded) => {
    const { viewer, before, changes, after } = recorded;
    const replayed = applyChanges(load(before, viewer), changes as Changes);
    expect(picture(replayed)).toEqual(picture(load(after as State, viewer)));
  });

  it.each(staying)("$name: the events one by one give the fresh state", (recorded) => {
    const { viewer, before, changes, events, after } = recorded;
    const heard = [...events, ...marks(changes as Changes)];
    const replayed = heard.reduce(applyFrame, load(before, viewer));
    expect(picture(replayed)).toEqual(picture(load(after as State, viewer)));
  });

  it.each(leaving)("$name: who is no member any more keeps nothing", (recorded) => {
    const { viewer, before, events } = recorded;
    const me = before.members.find(({ user }) => user.id === viewer)?.user as Me;
    let world = reduce(emptyWorld, { type: "signed-in", me });
    world = reduce(world, { type: "opened", conversation: before });
    for (const frame of events) world = reduce(world, { type: "frame", frame });
    expect(world.conversations).toEqual({});
    expect(recorded.changes).toHaveProperty("error");
  });
});
