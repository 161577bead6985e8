"""The socket's commands and events as JSON Schema, for the OpenAPI document and its readers.

The table below is the contract of what is heard; `commands.py` holds that of what may be asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import models_json_schema

from trialogue.core import wire
from trialogue.core.events import (
    OwnState,
    ReactionChange,
    ReadMark,
    ReplyDelta,
    ReplyRestarted,
    Typing,
)
from trialogue.live.commands import COMMANDS

REFERENCE = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class ReadyConversation:
    """Where a conversation stands when a socket opens."""

    id: str
    kind: wire.ConversationKind
    name: str | None
    last_seq: int
    last_rev: int
    read_seq: int
    unread: int


@dataclass(frozen=True, slots=True)
class ReadyLimits:
    """What the server takes: characters of a message, bytes of a file, and for how many seconds
    messages can be changed where their room says nothing else."""

    message_length: int
    upload_bytes: int
    edit_window: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The first frame: the 200 conversations with the latest activity (`more` tells of others),
    and who is online. A changed `generation` asks to forget all that is kept. `heartbeat`:
    seconds between the server's pings."""

    user: wire.Me
    connection_id: str
    heartbeat: int
    generation: int
    conversations: list[ReadyConversation]
    more: bool
    online: list[str]
    limits: ReadyLimits


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """Someone came, or went 10 s ago."""

    user_id: str
    online: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Resync:
    """This socket could not keep up, or the conversation must be read afresh."""

    conversation_id: str | None = None


Numbering = Literal["rev", "at_rev", "none"]
EVENTS: dict[str, tuple[type, Numbering, str]] = {
    "ready": (Ready, "none", "The first frame of every socket."),
    "message.created": (wire.LiveMessage, "rev", "To members."),
    "message.updated": (wire.LiveMessage, "rev", "To members."),
    "message.retracted": (wire.LiveMessage, "rev", "To members; without content."),
    "reaction.changed": (ReactionChange, "rev", "To members."),
    "member.joined": (wire.Member, "rev", "To members."),
    "member.updated": (wire.Member, "rev", "To members."),
    "member.left": (wire.Member, "rev", "To members; the last that the one who leaves hears."),
    "conversation.created": (wire.Conversation, "at_rev", "To the user who was added."),
    "conversation.updated": (wire.LiveConversation, "rev", "To members."),
    "conversation.me": (OwnState, "at_rev", "To one's own sockets."),
    "read.marked": (ReadMark, "at_rev", "To members, in rooms of up to 100."),
    "typing": (Typing, "at_rev", "To members, in rooms of up to 100; ends after 6 s."),
    "reply.delta": (ReplyDelta, "at_rev", "To members: more text of a reply being written."),
    "reply.restarted": (ReplyRestarted, "at_rev", "To members: the text starts over, empty."),
    "presence": (PresenceChange, "none", "To those who share a small room, or watch."),
    "user.updated": (wire.User, "none", "To those who share a conversation."),
    "changes": (wire.LiveChanges, "none", "Several missed changes in one frame, to members."),
    "resync": (Resync, "none", "To one socket: catch up by sync.resume."),
}


class CommandError(BaseModel):
    """Why a command was refused; `code` as on HTTP. `retry_after`: seconds after which the same
    may succeed, where that is known."""

    code: str
    detail: str
    retry_after: int | None = None


class Answer(BaseModel):
    """What the server answers to a command: its `id`, and `data` or `error`."""

    id: str | None
    ok: bool
    data: Any | None = None
    error: CommandError | None = None


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("_", ".").split("."))


def _event_model(name: str) -> type[BaseModel]:
    data, numbering, audience = EVENTS[name]
    fields: dict[str, Any] = {"event": (Literal[name], ...), "data": (data, ...)}
    if numbering == "none":
        fields["conversation_id"] = (str | None, None)
    else:
        fields["conversation_id"] = (str, ...)
        fields[numbering] = (int, ...)
    return create_model(
        f"{_camel(name)}Event", __doc__=audience, __config__=ConfigDict(extra="forbid"), **fields
    )


def _command_model(name: str) -> type[BaseModel]:
    arguments = COMMANDS[name].arguments
    required = any(field.is_required() for field in arguments.model_fields.values())
    args: Any = (arguments, ...) if required else (arguments, Field(default_factory=arguments))
    fields: dict[str, Any] = {
        "id": (str, Field(min_length=1, max_length=128)),
        "do": (Literal[name], ...),
        "args": args,
    }
    return create_model(
        f"{_camel(name)}Command",
        __doc__=arguments.__doc__,
        __config__=ConfigDict(extra="forbid"),
        **fields,
    )


def components() -> dict[str, Any]:
    """Schemas by name: every command and event, and the unions SocketCommand and SocketEvent."""
    commands = [_command_model(name) for name in COMMANDS]
    events = [_event_model(name) for name in EVENTS]
    models: list[type[BaseModel]] = [*commands, *events, Answer]
    _, document = models_json_schema(
        [(model, "serialization") for model in models], ref_template=REFERENCE
    )
    found: dict[str, Any] = document["$defs"]
    found["SocketCommand"] = _union("do", commands)
    found["SocketEvent"] = _union("event", events)
    return found


def _union(discriminator: str, models: list[type[BaseModel]]) -> dict[str, Any]:
    return {
        "oneOf": [{"$ref": REFERENCE.format(model=model.__name__)} for model in models],
        "discriminator": {"propertyName": discriminator},
    }
