"""What comes in: the arguments of calls, checked the same way for HTTP and for the socket.

Limits that are settings (the length of a message) are checked by the core itself.
May touch: pydantic.
"""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from trialogue.core.wire import ConversationRole, Notify, WorkspaceRole


def sound_text(value: object) -> object:
    """Refuse NUL and lone surrogates, which pass as JSON but which no database stores."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("must not contain NUL characters")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("must be valid Unicode, without lone surrogates") from None
    return value


def _canonical_id(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("must be an id (a UUID)") from None


def _one_line(value: str) -> str:
    """A name as people see it: trimmed, not empty, without control characters."""
    value = unicodedata.normalize("NFC", value).strip()
    if not value:
        raise ValueError("must not be empty")
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("must be one line without control characters")
    return value


def _moment_as_text(value: object) -> object:
    """Numbers would be read as seconds or as milliseconds, whichever seems to fit."""
    if isinstance(value, str | datetime):
        return value
    raise ValueError("must be a time as RFC 3339 has it, with a zone")


def _storable(value: datetime) -> datetime:
    """Refuse what is the year 10 000 somewhere: databases keep it, and nothing reads it again."""
    if value.replace(tzinfo=UTC) >= _TOO_LATE or value >= _TOO_LATE:
        raise ValueError("must be a time before the end of the year 9999")
    return value


_TOO_LATE = datetime(9999, 12, 31, tzinfo=UTC)
MOST_FIELDS = 100  # of one object: each that is not known makes an error, which takes 20 µs
SoundText = Annotated[str, BeforeValidator(sound_text)]
Id = Annotated[
    SoundText, AfterValidator(_canonical_id), Field(json_schema_extra={"format": "uuid"})
]
ClientId = Annotated[
    SoundText,
    Field(
        min_length=1,
        max_length=128,
        description="The caller's own id for this; a repeat with the same id has no second effect.",
    ),
]
Name = Annotated[SoundText, Field(max_length=80), AfterValidator(_one_line)]
Password = Annotated[SoundText, Field(min_length=8, max_length=256)]
Secret = Annotated[SoundText, Field(min_length=1, max_length=256)]
Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_moment_as_text),
    AfterValidator(_storable),
]


class Arguments(BaseModel):
    """The base of all arguments: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _bounded(cls, given: object) -> object:
        if isinstance(given, dict) and len(given) > MOST_FIELDS:
            raise ValueError(f"must not have more than {MOST_FIELDS} fields")
        return given


class Register(Arguments):
    """A new account."""

    username: SoundText = Field(
        description="2–32 letters and digits of any script, `_`, `.` and `-`; "
        "unique without regard to case.",
        examples=["kevin"],
    )
    password: Password = Field(description="8–256 characters.", examples=["correct horse"])
    display_name: Name | None = Field(
        default=None, description="As others see it; the username where left out."
    )
    email: SoundText | None = Field(
        default=None, max_length=254, description="Seen only by oneself and admins; unique."
    )
    invite: Secret | None = Field(
        default=None, description="The `code` of an invite, needed where registration is by invite."
    )


class LogIn(Arguments):
    """A login by password."""

    username: SoundText = Field(max_length=320, description="Username or e-mail address.")
    password: SoundText = Field(max_length=1024)


class Refresh(Arguments):
    """A refresh token for those who keep it themselves; browsers send a cookie instead."""

    refresh_token: SoundText | None = Field(default=None, max_length=256)


class ChangeProfile(Arguments):
    """Changes to one's own account; what is left out stays, and null clears where it may."""

    display_name: Name | None = Field(default=None, description="Null changes nothing.")
    username: SoundText | None = Field(default=None, description="Null changes nothing.")
    email: SoundText | None = Field(default=None, max_length=254, description="Null clears it.")
    avatar_url: SoundText | None = Field(
        default=None, max_length=1024, description="An `https://` address; null clears it."
    )
    locale: SoundText | None = Field(
        default=None, description="A language tag (BCP 47) of up to 16 characters, as `zh-Hans`."
    )
    time_zone: SoundText | None = Field(
        default=None, description="A name of the IANA time zone database, as `Asia/Shanghai`."
    )


class ChangePassword(Arguments):
    """A new password for oneself."""

    current_password: SoundText = Field(max_length=1024)
    new_password: Password = Field(description="8–256 characters.")


class ResetPassword(Arguments):
    """A new password by a one-time link."""

    token: Secret = Field(description="What follows `token=` in the link.")
    new_password: Password = Field(description="8–256 characters.")


class CreateToken(Arguments):
    """A new personal access token."""

    name: Name = Field(description="What it is for, 1–80 characters.")
    expires_at: Moment | None = Field(
        default=None, description="From when on it is refused; never where left out."
    )


class CreateInvite(Arguments):
    """A new invite link."""

    expires_at: Moment | None = Field(
        default=None, description="From when on it is refused; never where left out."
    )
    uses: int | None = Field(
        default=None, ge=1, le=1_000_000, description="How many may register by it; null: all."
    )
    conversation_id: Id | None = Field(
        default=None, description="A room that whoever registers by it becomes a member of."
    )


class CreateAccount(Arguments):
    """A new account, made by an admin."""

    username: SoundText = Field(description="As for registration.")
    password: Password | None = Field(
        default=None, description="Left out: the answer holds a one-time link to set one."
    )
    display_name: Name | None = None
    email: SoundText | None = Field(default=None, max_length=254)
    role: WorkspaceRole = "member"


class ChangeAccount(Arguments):
    """Changes to an account, made by an admin; what is left out or null stays, but a null
    `email` clears it."""

    role: WorkspaceRole | None = None
    display_name: Name | None = None
    username: SoundText | None = None
    email: SoundText | None = Field(default=None, max_length=254, description="Null clears it.")
    is_active: bool | None = Field(
        default=None,
        description="False ends all logins, tokens and sockets at once; messages stay.",
    )


class SetPassword(Arguments):
    """Another person's password: a given one, or a one-time link."""

    new_password: Password | None = Field(
        default=None, description="8–256 characters; left out: the answer holds a one-time link."
    )


class SendMessage(Arguments):
    """A message to send."""

    content: SoundText = Field(
        default="",
        description="Markdown, 1–20 000 characters (a setting), not only white space; may be empty "
        "with attachments.",
        examples=["Shall we meet at ten?"],
    )
    client_id: ClientId | None = None
    type: Literal["text", "image", "file"] | None = Field(
        default=None,
        description="Left out: `image` where all files are PNG, JPEG, GIF, WebP or AVIF, `file` "
        "with others, `text` without any. Only the server writes `system`.",
    )
    attachment_ids: list[Id] = Field(
        default_factory=list,
        max_length=10,
        description="Uploads of one's own that no message has taken yet, at most 10.",
    )
    parent_id: Id | None = Field(
        default=None, description="The message of the same conversation that this one answers."
    )


class EditMessage(Arguments):
    """The new text of a message of one's own."""

    content: SoundText = Field(description="As when sending.", examples=["At eleven, then."])


class SetTyping(Arguments):
    """Whether one is writing; it ends by itself after 6 s."""

    typing: bool


class SetPreferences(Arguments):
    """One's own settings in a conversation; what is left out stays."""

    notify: Notify | None = Field(
        default=None, description="What to be told of: `all`, `mentions`, or `none` (muted)."
    )
    pinned: bool | None = Field(default=None, description="Whether it stays on top of one's list.")


class MarkRead(Arguments):
    """How far one has read: the `seq` of the last message read; marks only grow."""

    seq: int = Field(ge=0, lt=2**63)


class CreateConversation(Arguments):
    """A new conversation: with an assistant, a room, or the direct one with a person."""

    kind: Literal["assistant", "group", "direct"] = Field(
        default="assistant",
        description="`assistant` makes an empty one with an assistant, `group` a room; `direct` "
        "opens the one conversation with `user_id`.",
    )
    name: Name | None = Field(default=None, description="Of a room; 1–80 characters.")
    description: SoundText | None = Field(default=None, max_length=2000)
    public: bool = Field(
        default=False, description="Whether everyone in the workspace may find and join the room."
    )
    member_ids: list[Id] = Field(
        default_factory=list, max_length=1000, description="Further members of a new room."
    )
    user_id: Id | None = Field(
        default=None, description="The other person of a `direct` one; oneself for own notes."
    )
    assistant_id: Id | None = Field(
        default=None, description="The assistant of an `assistant` one; the workspace's default."
    )
    client_id: ClientId | None = None


class UpdateConversation(Arguments):
    """Changes to a room; what is left out stays."""

    name: Name | None = None
    description: SoundText | None = Field(default=None, max_length=2000)
    public: bool | None = None
    edit_window: int | None = Field(
        default=None,
        ge=0,
        le=31_536_000,
        description="Seconds in which messages may be edited and recalled; 0: never. "
        "Moderators may set it too.",
    )
    retention_days: int | None = Field(
        default=None,
        ge=1,
        le=36_500,
        description="Days after which messages are removed for good; where the server has a "
        "shorter time, that one holds. Null: the server's alone.",
    )


class AddMember(Arguments):
    """A person to add to a room."""

    user_id: Id
    role: ConversationRole = "member"


class ChangeRole(Arguments):
    """A member's new role; `owner` hands the room over."""

    role: ConversationRole
