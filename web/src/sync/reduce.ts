/**
 * The pure reducer of one conversation: snapshot, pages, live frames, missed changes, own
 * messages on their way. Invariant: old state + changes = fresh state, in whatever form the
 * changes come. Touches nothing outside its arguments.
 */
import { counted, mergeMe, withDelivered, withMarks, withMention } from "./marks";
import { withMember, withMembers } from "./members";
import { isMeUnknown, withReaction } from "./reactions";
import type { ConversationState } from "./state";
import { extend, merged, type PagePlace, placePage, remember, trimmed } from "./stretch";
import type {
  Changes,
  Conversation,
  Feedback,
  Frame,
  LiveConversation,
  Member,
  Membership,
  Message,
  MessagePage,
  OpenConversation,
  OwnState,
  ReactionChange,
  ReadMark,
  Typing,
} from "./wire";

/** More frames than this are not worth holding: the changes will bring them anyway. */
const MOST_HELD = 1000;

const STRANGER: Membership = {
  role: "member",
  read_seq: 0,
  unread: 0,
  mentions: 0,
  notify: "all",
  pinned_at: null,
};

/** The state of a conversation as an entry of the list tells it. */
export function fromConversation(conversation: Conversation, meId: string): ConversationState {
  const { me, peer, ...facts } = conversation;
  return counted({
    meId,
    facts: factsOf(facts),
    factsRev: facts.last_rev,
    me: me ?? STRANGER,
    peerId: peer?.id ?? null,
    stretch: null,
    members: {},
    membersKnown: false,
    reads: {},
    delivered: {},
    typing: [],
    pending: [],
    held: [],
    needs: null,
    late: null,
    quotes: {},
    recalled: {},
    wishes: {},
  });
}

/** A newer list entry for a conversation already held. Never lowers what is known. */
export function applyListed(c: ConversationState, conversation: Conversation): ConversationState {
  const behind = conversation.last_rev > c.facts.last_rev;
  if (behind && !c.stretch && !c.membersKnown) {
    const fresh = fromConversation(conversation, c.meId);
    return counted({ ...fresh, ...kept(c), me: mergeMe(fresh.me, c.me) });
  }
  const me = conversation.me ? mergeMe(conversation.me, c.me) : c.me;
  return counted({ ...c, me, needs: c.needs ?? (behind ? "changes" : null) });
}

/** The answer of GET /conversations/{id}: facts and the newest messages. */
export function applySnapshot(
  previous: ConversationState | undefined,
  open: OpenConversation,
  meId: string,
): ConversationState {
  const { messages, has_more, ...conversation } = open;
  const fresh = fromConversation(conversation, meId);
  // Too much was missed to know who left: the members are asked for again.
  const afresh = previous?.needs === "reload";
  const next: ConversationState = {
    ...fresh,
    stretch: trimmed({ messages, hasOlder: has_more }, fresh.facts.first_seq),
    me: mergeMe(fresh.me, previous?.me),
    members: afresh ? {} : (previous?.members ?? {}),
    membersKnown: !afresh && (previous?.membersKnown ?? false),
    ...(previous ? kept(previous) : {}),
    held: previous?.held ?? [],
  };
  // Frames that came while the answer was on its way may already have gone past it.
  const overtaken = (previous?.facts.last_rev ?? 0) > open.last_rev;
  const settled = messages.reduce(settlePending, next);
  return drain({ ...counted(settled), needs: overtaken ? "changes" : null });
}

/** What no answer of the server takes away. */
function kept({ reads, delivered, pending, recalled, wishes, typing }: ConversationState) {
  return { reads, delivered, pending, recalled, wishes, typing };
}

/** A page of history: older or newer ones joined to the stretch, or a new stretch elsewhere. */
export function applyPage(
  c: ConversationState,
  page: MessagePage,
  place: PagePlace,
): ConversationState {
  const placed = placePage(c.stretch, page, place, c.late, c.meId);
  const stretch = trimmed(placed, c.facts.first_seq);
  return stretch.messages.reduce(settlePending, { ...c, stretch, late: null });
}

/** The list of members. Later news about a member stands against an older list. */
export function applyMembers(c: ConversationState, members: Member[]): ConversationState {
  return counted({ ...withMembers(c, members), membersKnown: true });
}

/** One live frame of this conversation. */
export function applyFrame(c: ConversationState, frame: Frame): ConversationState {
  if (frame.event === "changes") return applyChangesFrame(c, frame.data as Changes);
  if (frame.rev === undefined) return applyUnnumbered(c, frame);
  if (frame.rev <= c.facts.last_rev) return c;
  if (c.needs || frame.rev > c.facts.last_rev + 1) return hold(c, frame);
  return applyNumbered(c, frame);
}

/**
 * Part of the changes would leave holes in the stretch, and reactions come without telling which
 * are one's own: then all of them are asked for.
 */
function applyChangesFrame(c: ConversationState, changes: Changes): ConversationState {
  const isPartial = changes.more || isMeUnknown(changes.messages);
  return isPartial ? { ...c, needs: c.needs ?? "changes" } : applyChanges(c, changes);
}

/** Joins an answer that said `more` with the next one. */
export function joinChanges(first: Changes, next: Changes): Changes {
  return {
    ...next,
    messages: [...first.messages, ...next.messages],
    members: [...first.members, ...next.members],
    reads: { ...first.reads, ...next.reads },
    delivered: { ...first.delivered, ...next.delivered },
    conversation: next.conversation ?? first.conversation,
  };
}

/** Missed changes, complete: an HTTP answer, one of `sync.resume`, or a live `changes` frame. */
export function applyChanges(c: ConversationState, changes: Changes): ConversationState {
  if (changes.reload) return { ...c, needs: "reload", held: [] };
  let next = withDelivered(withMarks(c, changes.reads), changes.delivered);
  if (changes.rev < c.facts.last_rev) return drain({ ...next, needs: null });
  for (const message of bySeq(changes.messages)) next = withMessage(next, message);
  next = withMembers(next, changes.members);
  if (changes.conversation) next = withFacts(next, changes.conversation);
  const facts = { ...next.facts, last_rev: Math.max(changes.rev, c.facts.last_rev) };
  return drain({ ...counted({ ...next, facts }), needs: null });
}

/** The answer to one's own send. It counts as the event where it is next in line. */
export function applyAck(c: ConversationState, message: Message): ConversationState {
  if (message.rev === c.facts.last_rev + 1 && !c.needs) {
    return applyNumbered(c, { event: "message.created", rev: message.rev, data: message });
  }
  if (message.rev <= c.facts.last_rev) return settlePending(c, message);
  const pending = c.pending.map((item) =>
    item.client_id === message.client_id ? { ...item, state: "stored" as const } : item,
  );
  return { ...c, pending };
}

/** How the reader rates a reply: theirs alone, so no event tells it. */
export function applyFeedback(
  c: ConversationState,
  messageId: string,
  feedback: Feedback,
): ConversationState {
  const index = c.stretch?.messages.findIndex(({ id }) => id === messageId) ?? -1;
  const known = c.stretch?.messages[index];
  if (!c.stretch || !known) return c;
  const messages = c.stretch.messages.with(index, { ...known, feedback });
  return { ...c, stretch: { ...c.stretch, messages } };
}

/** Follows what one has read oneself, before the server says so. */
export function applyOwnRead(c: ConversationState, seq: number): ConversationState {
  return withMarks(c, { [c.meId]: Math.min(seq, c.facts.last_seq) });
}

function applyNumbered(c: ConversationState, frame: Frame): ConversationState {
  const rev = frame.rev as number;
  const changed = numberedChange(c, frame);
  // An event this client does not know has changed something: the changes tell what.
  if (!changed) return { ...c, needs: "changes", held: [] };
  return drain(counted({ ...changed, facts: { ...changed.facts, last_rev: rev } }));
}

function numberedChange(c: ConversationState, frame: Frame): ConversationState | null {
  switch (frame.event) {
    case "message.created":
    case "message.updated":
    case "message.retracted":
      return withMessage(c, frame.data as Message);
    case "member.joined":
      return withMemberCount(c, frame, 1);
    case "member.left":
      return withMemberCount(c, frame, -1);
    case "member.updated":
      return withMember(c, frame.data as Member);
    case "conversation.updated":
      return withFacts(c, frame.data as LiveConversation);
    case "reaction.changed":
      return withReaction(c, frame.rev as number, frame.data as ReactionChange);
    default:
      return null;
  }
}

function applyUnnumbered(c: ConversationState, frame: Frame): ConversationState {
  if (frame.event === "read.marked") {
    const mark = frame.data as ReadMark;
    const read = withMarks(c, { [mark.user_id]: mark.read_seq });
    return withDelivered(read, { [mark.user_id]: mark.delivered_seq });
  }
  if (frame.event === "conversation.me") {
    const own = frame.data as OwnState;
    return counted({ ...c, me: mergeMe({ ...c.me, ...own }, c.me) });
  }
  if (frame.event === "typing") {
    const { user_id, typing } = frame.data as Typing;
    return withTyping(c, user_id, typing && user_id !== c.meId);
  }
  return c;
}

/** The same order as long as the same people write. */
function withTyping(c: ConversationState, userId: string, typing: boolean): ConversationState {
  if (c.typing.includes(userId) === typing) return c;
  const others = c.typing.filter((id) => id !== userId);
  return { ...c, typing: typing ? [...others, userId] : others };
}

function hold(c: ConversationState, frame: Frame): ConversationState {
  const held = c.held.length < MOST_HELD ? [...c.held, frame] : [];
  return { ...c, held, needs: c.needs ?? "changes" };
}

/** Applies held frames that have become next in line; what is still ahead of a gap stays. */
function drain(c: ConversationState): ConversationState {
  if (c.needs || c.held.length === 0) return c;
  const waiting = c.held
    .filter((frame) => (frame.rev ?? 0) > c.facts.last_rev)
    .sort((a, b) => (a.rev ?? 0) - (b.rev ?? 0));
  const start: ConversationState = { ...c, held: [] };
  return waiting.reduce((state, frame) => applyFrame(state, frame), start);
}

function withMessage(c: ConversationState, message: Message): ConversationState {
  const isNew = message.seq > c.facts.last_seq;
  const facts = { ...c.facts, last_seq: Math.max(c.facts.last_seq, message.seq) };
  if (isNew) facts.last_message_at = message.created_at;
  if (message.seq >= (facts.last_message?.seq ?? 0))
    facts.last_message = newer(facts.last_message, message);
  let next: ConversationState = {
    ...c,
    facts,
    stretch: c.stretch && extend(c.stretch, message),
    late: remember(c.late, c.stretch, message),
    quotes: withQuote(c.quotes, message),
  };
  if (isNew) next = withTyping(next, message.sender.id, false);
  // Posting moves one's own mark; what the server says in somebody's name does not.
  if (message.role !== "system") {
    next = withMarks(next, { [message.sender.id]: message.seq });
  }
  if (isNew) next = withMention(next, message);
  return message.sender.id === c.meId ? settlePending(next, message) : counted(next);
}

function withQuote(quotes: ConversationState["quotes"], message: Message) {
  const known = quotes[message.id];
  if (!known || known.rev >= message.rev) return quotes;
  return { ...quotes, [message.id]: merged(known, message) };
}

function newer(known: LiveConversation["last_message"], message: Message) {
  return known && known.seq === message.seq && known.rev > message.rev ? known : message;
}

function settlePending(c: ConversationState, message: Message): ConversationState {
  const found = c.pending.some((item) => item.client_id === message.client_id);
  if (!found) return counted(c);
  const pending = c.pending.filter((item) => item.client_id !== message.client_id);
  return counted({ ...c, pending });
}

function withMemberCount(c: ConversationState, frame: Frame, by: 1 | -1): ConversationState {
  const next = withMember(c, frame.data as Member);
  if ((frame.rev as number) <= c.factsRev) return next;
  const facts = { ...next.facts, member_count: Math.max(0, next.facts.member_count + by) };
  return { ...next, facts };
}

/** Facts of the conversation itself; what counts messages and changes is not theirs to lower. */
function withFacts(
  c: ConversationState,
  conversation: Conversation | LiveConversation,
): ConversationState {
  const { last_seq, last_rev, last_message, last_message_at } = c.facts;
  const facts = factsOf(conversation);
  if (facts.last_seq <= last_seq) {
    facts.last_seq = last_seq;
    facts.last_message_at = last_message_at;
    facts.last_message =
      facts.last_message && last_message && facts.last_message.rev > last_message.rev
        ? facts.last_message
        : last_message;
  }
  const factsRev = Math.max(c.factsRev, conversation.last_rev);
  const me = "me" in conversation && conversation.me ? mergeMe(conversation.me, c.me) : c.me;
  return withoutPurged({ ...c, facts: { ...facts, last_rev }, factsRev, me });
}

/** Messages that were removed for good are forgotten here too. */
function withoutPurged(c: ConversationState): ConversationState {
  const { first_seq, last_message } = c.facts;
  const isGone = (message: { seq: number } | null) => message !== null && message.seq < first_seq;
  const quotes = Object.entries(c.quotes).map(([id, quoted]) => [
    id,
    isGone(quoted) ? null : quoted,
  ]);
  return {
    ...c,
    facts: { ...c.facts, last_message: isGone(last_message) ? null : last_message },
    stretch: c.stretch && trimmed(c.stretch, first_seq),
    quotes: Object.fromEntries(quotes),
  };
}

function factsOf(conversation: Conversation | LiveConversation): LiveConversation {
  const { me: _me, peer: _peer, ...facts } = { me: null, peer: null, ...conversation };
  return facts;
}

function bySeq(messages: Message[]): Message[] {
  return [...messages].sort((a, b) => a.seq - b.seq);
}
