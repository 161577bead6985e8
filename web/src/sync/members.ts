/** Members of a conversation, merged by the rev of their last change. Pure. */
import type { ConversationState } from "./state";
import type { Member } from "./wire";

/** One member's news; an older one than is known changes nothing but the read mark. */
export function withMember(c: ConversationState, member: Member): ConversationState {
  return withMembers(c, [member]);
}

export function withMembers(c: ConversationState, list: Member[]): ConversationState {
  if (list.length === 0) return c;
  const members = { ...c.members };
  const reads = { ...c.reads };
  let { role } = c.me;
  for (const member of list) {
    const { id } = member.user;
    const known = members[id];
    if (!known || known.rev <= member.rev) {
      members[id] = member;
      if (id === c.meId) role = member.role;
    }
    reads[id] = Math.max(reads[id] ?? 0, member.read_seq);
  }
  const me = role === c.me.role ? c.me : { ...c.me, role };
  return { ...c, members, reads, me };
}

/** Those who are members now, with their read marks as far as known. */
export function presentMembers(c: ConversationState): Member[] {
  return Object.values(c.members)
    .filter((member) => member.left_at === null)
    .map((member) => ({
      ...member,
      read_seq: Math.max(member.read_seq, c.reads[member.user.id] ?? 0),
    }));
}
