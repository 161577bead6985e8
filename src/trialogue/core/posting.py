"""Posting, set-based: many drafts of many conversations in a fixed number of statements.

The order of the statements is a matter of correctness: the conversations are locked first,
in the order of their ids, and everything that depends on them is read after that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import (
    events,
    files,
    mentions,
    numbering,
    policy,
    promises,
    quota,
    views,
    wire,
)
from trialogue.core.arguments import SendMessage
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.files import Upload
from trialogue.core.keyed import Keyed
from trialogue.core.limits import limits
from trialogue.core.models import ChatUser, Conversation, Member, Message
from trialogue.core.numbering import Room, Sender, Text
from trialogue.core.policy import Actor
from trialogue.core.promises import Lease, Work
from trialogue.core.sql import limit_wait, locked, new_id


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that someone wants to post. Without a `client_id` it gets one, without a type the
    one of its files.

    System messages, those with a `notice` among them, come only from the server itself or from
    the trusted library; with a `reply` it is the beginning of an assistant's, still empty.
    `assistant_id` is whom the call names besides the text, as a mention would.
    """

    conversation_id: str
    sender_id: str
    workspace_id: str
    content: str
    client_id: str | None = None
    parent_id: str | None = None
    notice: wire.Notice | None = None
    type: wire.MessageType | None = "text"
    attachment_ids: Sequence[str] = ()
    reply: wire.Reply | None = None
    assistant_id: str | None = None

    @property
    def said(self) -> bool:
        """Whether somebody says this: not the server, and not a reply's beginning."""
        return self.notice is None and self.reply is None


def draft(
    actor: Actor, conversation_id: str, args: SendMessage, assistant_id: str | None = None
) -> Draft:
    """What someone asks to be posted, and which assistant they name besides."""
    return Draft(
        conversation_id,
        actor.user_id,
        actor.workspace_id,
        args.content,
        args.client_id,
        args.parent_id,
        type=args.type,
        attachment_ids=args.attachment_ids,
        assistant_id=assistant_id,
    )


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to a draft: the message, whether it is new or the first of its kind, and the
    replies that were begun with it."""

    message: wire.Message
    created: bool
    begun: Sequence[Work] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """Another transaction holds the conversation: the draft waits for the next batch."""


SKIPPED: Final = Skipped()
Outcome = Posted | ChatError | Skipped


@dataclass(slots=True)
class _Batch:
    """What is known of the conversations of a batch, read under their locks.

    `repeats` are messages by conversation, sender and client id; `parents` the conversations
    of messages that are answered; `members` users by conversation and folded name; `left` how
    many messages a workspace may still take, where that is limited; `files` uploads that are
    free to be sent; `named` the assistants that calls name, by the fresh message.
    """

    rooms: dict[str, Room]
    repeats: dict[tuple[str, str, str], wire.LiveMessage]
    parents: dict[str, str]
    members: dict[str, dict[str, str]]
    left: dict[str, int]
    files: dict[str, Upload]
    fresh: list[wire.LiveMessage]
    named: dict[str, str]


def post(
    db: Session, drafts: Sequence[Draft], *, wait: bool = False, lease: Lease | None = None
) -> list[Outcome]:
    """Post drafts and answer each in its place; one bad draft fails alone.

    Conversations that another transaction holds are skipped, unless `wait` says to wait. Who
    writes replies gives a `lease`: those that can be are begun, and are theirs to write.
    Must be the first thing in its transaction, or come under the lock of its conversation.
    """
    if wait:
        limit_wait(db, 5)
    rooms = _lock(db, drafts, wait=wait)
    _load_senders(db, rooms, drafts)
    known = [draft for draft in drafts if draft.conversation_id in rooms]
    batch = _Batch(
        rooms,
        _load_repeats(db, known),
        _load_parents(db, known),
        mentions.find_members(db, _names(known, limits(db).message_length)),
        quota.left(db, {draft.workspace_id for draft in known if draft.said}),
        files.load(db, [each for draft in known for each in draft.attachment_ids]),
        [],
        {},
    )
    outcomes: list[Outcome] = [_place(db, batch, draft) for draft in drafts]
    if batch.fresh:
        begun = promises.promise(db, rooms, batch.fresh, batch.named, lease)
        numbering.store(db, list(rooms.values()), batch.fresh)
        quota.keep(db, batch.left)
        if begun:
            outcomes = [_with(outcome, begun) for outcome in outcomes]
    for live in batch.fresh:
        events.record(db, Event("message.created", live, live.conversation_id, rev=live.rev))
    if not wait and any(isinstance(outcome, ChatError) for outcome in outcomes):
        return _tell_skipped(db, rooms, drafts, outcomes)
    return outcomes


def _with(outcome: Outcome, begun: Mapping[str, Sequence[Work]]) -> Outcome:
    """A new message's answer, with the replies that were begun with it."""
    if isinstance(outcome, Posted) and outcome.created and outcome.message.id in begun:
        return replace(outcome, begun=begun[outcome.message.id])
    return outcome


ROOM = select(
    Conversation.id,
    Conversation.workspace_id,
    Conversation.kind,
    Conversation.name,
    Conversation.public,
    Conversation.last_seq,
    Conversation.last_rev,
    Conversation.session_id,
    Conversation.session_started_at,
    Conversation.session_first_seq,
    Conversation.last_message_at,
    Conversation.archived_at,
    Conversation.assistant_count,
).order_by(Conversation.id)
SENDER = (
    select(
        Member.conversation_id,
        Member.role,
        Member.read_seq,
        ChatUser.id,
        ChatUser.username,
        ChatUser.display_name,
        ChatUser.avatar,
        ChatUser.kind,
    )
    .join(ChatUser, ChatUser.id == Member.user_id)
    .where(Member.left_at.is_(None))
)
CLIENT_ID = (Message.conversation_id, Message.sender_id, Message.client_id)
SKIPPING = Keyed((Conversation.id,), lambda known: locked(ROOM.where(known), skip=True))
WAITING = Keyed((Conversation.id,), lambda known: locked(ROOM.where(known)))
SENDERS = Keyed((Member.conversation_id, Member.user_id), lambda known: SENDER.where(known))
REPEATS = Keyed(CLIENT_ID, lambda known: views.select_messages().where(known))
PARENTS = Keyed(
    (Message.id,), lambda known: select(Message.id, Message.conversation_id).where(known)
)


def _lock(db: Session, drafts: Sequence[Draft], *, wait: bool) -> dict[str, Room]:
    """Lock in the order of ids, so that two batches never wait for each other in a circle."""
    keys = {(draft.conversation_id,) for draft in drafts}
    return {row.id: Room(*list(row)) for row in (WAITING if wait else SKIPPING).rows(db, keys)}


def _load_senders(db: Session, rooms: dict[str, Room], drafts: Sequence[Draft]) -> None:
    pairs = {
        (draft.conversation_id, draft.sender_id)
        for draft in drafts
        if draft.conversation_id in rooms
    }
    for conversation_id, role, read_seq, user_id, username, name, avatar, kind in SENDERS.rows(
        db, pairs
    ):
        shown = wire.Sender(user_id, username, name, avatar, cast(wire.UserKind, kind))
        rooms[conversation_id].senders[user_id] = Sender(shown, role, read_seq)


def _load_repeats(
    db: Session, drafts: Sequence[Draft]
) -> dict[tuple[str, str, str], wire.LiveMessage]:
    """What was posted before under the client ids of this batch."""
    keys = {
        (draft.conversation_id, draft.sender_id, draft.client_id)
        for draft in drafts
        if draft.client_id is not None
    }
    found = views.made(REPEATS.rows(db, keys))
    return {(live.conversation_id, live.sender.id, live.client_id): live for live in found}


def _load_parents(db: Session, drafts: Sequence[Draft]) -> dict[str, str]:
    """In which conversations the messages are that are answered."""
    keys = {(draft.parent_id,) for draft in drafts if draft.parent_id is not None}
    return {row.id: row.conversation_id for row in PARENTS.rows(db, keys)}


def _names(drafts: Sequence[Draft], longest: int) -> dict[str, list[Sequence[str]]]:
    """The names that the texts of each conversation may mean; texts that are too long, and so
    will be refused, are not read."""
    names: dict[str, list[Sequence[str]]] = {}
    for draft in drafts:
        if _may_name(draft) and len(draft.content) <= longest:
            names.setdefault(draft.conversation_id, []).extend(mentions.candidates(draft.content))
    return names


def _place(db: Session, batch: _Batch, draft: Draft) -> Posted | ChatError:
    """Give a draft its number, or the first message of its `client_id`, or refuse it."""
    room = batch.rooms.get(draft.conversation_id)
    if room is None or room.workspace_id != draft.workspace_id:
        return policy.stranger(public=False)
    sender = room.senders.get(draft.sender_id)
    if sender is None:
        return policy.stranger(public=room.public)
    draft = replace(draft, client_id=draft.client_id or new_id())
    key = (room.id, draft.sender_id, draft.client_id or "")
    if key in batch.repeats:
        return Posted(views.message_for(batch.repeats[key], "sent"), created=False)
    refusal = _refusal(room, draft, batch, limits(db).message_length)
    if refusal is None and draft.said:
        refusal = quota.take(batch.left, draft.workspace_id)
    if refusal is not None:
        return refusal
    live = numbering.number(db, room, sender, _text(room, sender, draft, batch))
    batch.repeats[key] = live
    batch.fresh.append(live)
    if draft.assistant_id is not None:
        batch.named[live.id] = draft.assistant_id
    return Posted(views.message_for(live, "sent"), created=True)


def _refusal(room: Room, draft: Draft, batch: _Batch, longest: int) -> ChatError | None:
    if room.archived_at is not None:
        return ChatError("conflict", "This conversation is archived.")
    if draft.parent_id is not None and batch.parents.get(draft.parent_id) != room.id:
        detail = "The message to answer is not in this conversation."
        return ChatError("invalid", detail, field="parent_id")
    if not draft.said:
        # What the server records is as long as the names in it, whatever people may write.
        return None
    refusal = unfit(draft.content, longest, alone=not draft.attachment_ids)
    if refusal is None and draft.attachment_ids:
        refusal = files.refusal(batch.files, draft.sender_id, draft.attachment_ids, draft.type)
    return refusal


def unfit(content: str, longest: int, *, alone: bool = True) -> ChatError | None:
    """Why a text cannot be that of a message: it is empty, where it stands alone without files,
    or longer than `longest` characters."""
    if alone and not content.strip():
        return ChatError("invalid", "A message must not be empty.", field="content")
    if len(content) > longest:
        detail = f"A message has at most {longest} characters; this one has {len(content)}."
        return ChatError("invalid", detail, field="content")
    return None


def _may_name(draft: Draft) -> bool:
    """What the server says names nobody."""
    return draft.said and draft.type != "system"


def _text(room: Room, sender: Sender, draft: Draft, batch: _Batch) -> Text:
    named = mentions.NOBODY
    if _may_name(draft):
        named = mentions.choose(
            mentions.candidates(draft.content),
            batch.members.get(room.id, {}),
            may_all=policy.may_mention_all(sender.role, room.kind),
        )
    # A second draft of this batch finds them no more.
    taken = [batch.files.pop(each).shown for each in dict.fromkeys(draft.attachment_ids)]
    type_: wire.MessageType = draft.type or files.type_of(taken)
    if draft.notice is not None:
        type_ = "system"
    more = (named, draft.parent_id, draft.notice, taken, draft.reply)
    return Text(draft.content, draft.client_id or "", type_, *more)


def _tell_skipped(
    db: Session, rooms: dict[str, Room], drafts: Sequence[Draft], outcomes: list[Outcome]
) -> list[Outcome]:
    """Tell the conversations that are held by others from those that do not exist."""
    absent = {draft.conversation_id for draft in drafts} - rooms.keys()
    if not absent:
        return outcomes
    held = set(db.scalars(select(Conversation.id).where(Conversation.id.in_(absent))))
    return [
        SKIPPED if draft.conversation_id in held else outcome
        for draft, outcome in zip(drafts, outcomes, strict=True)
    ]
