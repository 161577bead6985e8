"""The commands of the socket: a table from name to function and arguments.

A command is answered in any case; whatever goes wrong, the socket lives on.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, Protocol

import orjson
import structlog
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from trialogue.core import conversations, members, messages, reactions, reads, replies, wire
from trialogue.core.arguments import (
    Arguments,
    EditMessage,
    Id,
    MarkRead,
    SendMessage,
    SetTyping,
    SoundText,
)
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.gate.credentials import Credentials
from trialogue.gate.entrance import Entry
from trialogue.gate.limiter import CALLS, REFUSALS, SENDS, Limit
from trialogue.live import codes
from trialogue.live.channel import Connection
from trialogue.live.floor import Floor
from trialogue.live.frames import encode_answer
from trialogue.live.resume import CURSORS_MOST, resume

log = structlog.get_logger(__name__)

WATCHED_MOST = 200
ID_MOST = 128  # characters of a command's id


class Caller(Connection, Protocol):
    """A connection whose user may give commands."""

    actor: Actor

    @property
    def ended(self) -> bool:
        """Whether it is closed, or about to be."""

    def renew(self, entry: Entry) -> None:
        """Go on by other credentials of the same user."""


class SendCommand(SendMessage):
    """Send a message; a repeat with the same `client_id` yields the first one."""

    conversation_id: Id


class EditCommand(EditMessage):
    """Give a message of one's own another text."""

    message_id: Id


class RetractCommand(Arguments):
    """Recall a message: its text is gone for everyone."""

    message_id: Id


class ReactCommand(Arguments):
    """React to a message, or take the reaction back."""

    message_id: Id
    emoji: SoundText = Field(max_length=20, description="One emoji.", examples=["👍"])


class TypingCommand(SetTyping):
    """Tell that one is writing; it ends by itself after 6 s."""

    conversation_id: Id


class MarkCommand(MarkRead):
    """Mark everything up to `seq` as read."""

    conversation_id: Id


class WatchPresence(Arguments):
    """Hear when users come and go: those named, or the members of a conversation one is in.

    A new watch replaces the former one; an empty list ends it. What one hears without asking
    (members of conversations of up to 50) is not affected.
    """

    user_ids: list[Id] | None = Field(default=None, max_length=WATCHED_MOST)
    conversation_id: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "WatchPresence":
        if (self.user_ids is None) == (self.conversation_id is None):
            raise ValueError("give either user_ids or conversation_id")
        return self


class RenewToken(Arguments):
    """Carry on with a newer access token of the same user."""

    token: SoundText = Field(max_length=8192)


def _not_too_many(cursors: object) -> object:
    """Counted before each is looked at: a frame has room for 60 000 wrong ones, which take 2 s."""
    if isinstance(cursors, dict) and len(cursors) > CURSORS_MOST:
        raise ValueError(f"must not be more than {CURSORS_MOST}")
    return cursors


class ResumeSync(Arguments):
    """What was missed: for each conversation the last `rev` that the client has applied."""

    cursors: Annotated[
        dict[Id, Annotated[int, Field(ge=0, lt=2**63)]], BeforeValidator(_not_too_many)
    ] = Field(max_length=CURSORS_MOST)


class CancelReply(Arguments):
    """Stop a reply: what has been written stays, nothing is added."""

    reply_id: Id


class FollowReply(Arguments):
    """The text of a reply so far; deltas go on from its end."""

    message_id: Id


class Ping(Arguments):
    """Ask for a sign of life; answered with `ok`."""


async def _send(floor: Floor, connection: Caller, args: SendCommand) -> wire.Message:
    _stay_in_scope(connection, args.conversation_id)
    return await floor.send(connection.actor, args.conversation_id, args)


async def _mark(floor: Floor, connection: Caller, args: MarkCommand) -> None:
    _stay_in_scope(connection, args.conversation_id)
    await floor.door.write(reads.mark, connection.actor, args.conversation_id, args.seq)


async def _edit(floor: Floor, connection: Caller, args: EditCommand) -> wire.Message:
    await _find(floor, connection, args.message_id)
    return await floor.door.write(messages.edit, connection.actor, args.message_id, args.content)


async def _retract(floor: Floor, connection: Caller, args: RetractCommand) -> None:
    await _find(floor, connection, args.message_id)
    await floor.door.write(messages.retract, connection.actor, args.message_id)


async def _react(floor: Floor, connection: Caller, args: ReactCommand) -> wire.Message:
    await _find(floor, connection, args.message_id)
    return await floor.door.write(reactions.add, connection.actor, args.message_id, args.emoji)


async def _unreact(floor: Floor, connection: Caller, args: ReactCommand) -> wire.Message:
    await _find(floor, connection, args.message_id)
    return await floor.door.write(reactions.remove, connection.actor, args.message_id, args.emoji)


async def _find(floor: Floor, connection: Caller, message_id: str) -> None:
    """Where a socket is limited to one conversation, the message must be of that one."""
    if connection.listener.scope is not None:
        found = await floor.door.read(messages.get, connection.actor, message_id)
        _stay_in_scope(connection, found.conversation_id)


async def _type(floor: Floor, connection: Caller, args: TypingCommand) -> None:
    _stay_in_scope(connection, args.conversation_id)
    channel = floor.hub.channels.get(args.conversation_id)
    if channel is None or connection.listener not in channel.listeners:
        await floor.door.read(members.require, connection.actor, args.conversation_id)
    floor.typists.set(args.conversation_id, connection.actor.user_id, args.typing)


async def _watch(floor: Floor, connection: Caller, args: WatchPresence) -> object:
    if args.conversation_id is None:
        return {"online": floor.presence.watch_users(connection, args.user_ids or [])}
    _stay_in_scope(connection, args.conversation_id)
    found = await floor.door.read(conversations.locate, connection.actor, args.conversation_id)
    return {"online": floor.presence.watch_room(connection, found)}


async def _renew(floor: Floor, connection: Caller, args: RenewToken) -> None:
    """A refused token changes nothing: the login by which the user came still holds."""
    entry = await floor.gate.admit(Credentials(args.token))
    if entry.actor.user_id != connection.actor.user_id:
        raise ChatError("forbidden", "This token belongs to another user.", field="token")
    floor.hub.listeners.check(entry.actor.login_id, entry.actor.user_id)
    connection.renew(entry)


async def _resume(floor: Floor, connection: Caller, args: ResumeSync) -> object:
    for conversation_id in args.cursors:
        _stay_in_scope(connection, conversation_id)
    return await resume(floor, connection, args.cursors)


async def _cancel(floor: Floor, connection: Caller, args: CancelReply) -> wire.Message:
    if connection.listener.scope is not None:
        known = await floor.door.read(replies.find, connection.actor, args.reply_id)
        await _find(floor, connection, known.trigger_id)
    return await floor.replies.cancel(connection.actor, args.reply_id)


async def _follow(floor: Floor, connection: Caller, args: FollowReply) -> wire.ReplyText:
    await _find(floor, connection, args.message_id)
    return await floor.replies.follow(connection.actor, args.message_id)


async def _ping(floor: Floor, connection: Caller, args: Ping) -> None:
    """The answer itself is the sign of life."""


def _stay_in_scope(connection: Connection, conversation_id: str) -> None:
    scope = connection.listener.scope
    if scope is not None and conversation_id != scope:
        raise ChatError("forbidden", "This socket is limited to one conversation.")


@dataclass(frozen=True, slots=True)
class Command:
    """What a command runs, its arguments, whether its answer has `data`, and what it is limited
    by besides all calls of a user (`messages.send` counts itself)."""

    run: Callable[[Floor, Caller, Any], Awaitable[object]]
    arguments: type[Arguments]
    has_data: bool = True
    limit: Limit | None = None


COMMANDS: Mapping[str, Command] = {
    "messages.send": Command(_send, SendCommand),
    "messages.edit": Command(_edit, EditCommand, limit=SENDS),
    "messages.retract": Command(_retract, RetractCommand, limit=SENDS),
    "reactions.add": Command(_react, ReactCommand, limit=SENDS),
    "reactions.remove": Command(_unreact, ReactCommand, limit=SENDS),
    "typing.set": Command(_type, TypingCommand),
    "reads.mark": Command(_mark, MarkCommand),
    "replies.cancel": Command(_cancel, CancelReply),
    "replies.follow": Command(_follow, FollowReply),
    "presence.watch": Command(_watch, WatchPresence),
    "auth.renew": Command(_renew, RenewToken),
    "sync.resume": Command(_resume, ResumeSync),
    "ping": Command(_ping, Ping, has_data=False),
}


def read(payload: bytes) -> dict[str, Any] | None:
    """The JSON object in a text frame, None when there is none (or it nests too deep)."""
    try:
        found = orjson.loads(payload)
    except orjson.JSONDecodeError:
        found = _read_again(payload)
    return found if isinstance(found, dict) else None


def _read_again(payload: bytes) -> object:
    # Lone surrogates (RFC 8259, section 8.2) and numbers without bounds are JSON, but orjson
    # refuses them. The arguments refuse them too, with an answer instead of a close.
    try:
        return json.loads(payload.decode(), parse_constant=_refuse)  # bytes it takes for UTF-16 too
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


async def answer(floor: Floor, connection: Caller, request: Mapping[str, Any]) -> bytes:
    """Run what a client asked for; the frame that answers it."""
    command_id = request.get("id")
    if not _is_sound_id(command_id):
        return _failed(None, ChatError("invalid", "id must be a text of 1 to 128 characters"))
    name = request.get("do")
    known = name if isinstance(name, str) and name in COMMANDS else "unknown"
    try:
        body = await _run(floor, connection, request)
    except ChatError as error:
        failure = error
    except Exception:
        log.exception("a command failed", command=known)
        failure = ChatError("internal", "Something went wrong here.")
    else:
        floor.answers[known, "ok"] += 1
        return encode_answer(command_id, {"ok": True, **body})
    floor.answers[known, failure.code] += 1
    if failure.code == "limited":
        _mind_flood(floor, connection)
    return _failed(command_id, failure)


def _mind_flood(floor: Floor, connection: Caller) -> None:
    """Who goes on in spite of many refusals is shown out."""
    try:
        floor.limiter.take(REFUSALS, connection.actor.user_id)
    except ChatError as error:
        if not connection.ended:  # by another command of the same flood
            connection.close(codes.LIMITED, error.detail)


def _is_sound_id(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= ID_MOST
        and not any("\ud800" <= character <= "\udfff" for character in value)
    )


async def _run(floor: Floor, connection: Caller, request: Mapping[str, Any]) -> dict[str, object]:
    floor.limiter.take(CALLS, connection.actor.user_id)
    unknown = request.keys() - {"id", "do", "args"}
    name = request.get("do")
    command = COMMANDS.get(name) if isinstance(name, str) else None
    if command is None or unknown:
        raise ChatError(
            "invalid", "there is no such command" if command is None else "unknown field"
        )
    try:
        arguments = command.arguments.model_validate(request.get("args", {}))
    except ValidationError as error:
        raise ChatError("invalid", _describe(error)) from None
    if command.limit is not None:
        floor.limiter.take(command.limit, connection.actor.user_id)
    data = await command.run(floor, connection, arguments)
    return {"data": data} if command.has_data else {}


def _describe(error: ValidationError) -> str:
    problems = [
        ": ".join([*(str(part) for part in problem["loc"]), problem["msg"]])
        for problem in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    # The name of an unknown field is the client's own text, sound or not.
    return "; ".join(problems[:5]).encode(errors="replace").decode()[:500]


def _failed(command_id: str | None, error: ChatError) -> bytes:
    told: dict[str, object] = {"code": error.code, "detail": error.detail}
    if error.retry_after is not None:
        told["retry_after"] = error.retry_after
    return encode_answer(command_id, {"ok": False, "error": told})
