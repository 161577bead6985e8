"""Wire types of people: users, logins, tokens, invites."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

UserKind = Literal["human", "assistant", "contact", "bot"]
WorkspaceRole = Literal["owner", "admin", "agent", "member", "guest"]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote a message, as much as is needed to show it."""

    id: str
    username: str | None
    display_name: str
    avatar_url: str | None
    kind: UserKind


@dataclass(frozen=True, slots=True)
class User:
    """A person (or assistant, contact, bot) as others see them.

    `role` is the role in the workspace; `online` is filled in by whoever knows the sockets.
    """

    id: str
    username: str | None
    display_name: str
    avatar_url: str | None
    kind: UserKind
    role: WorkspaceRole
    is_active: bool
    online: bool
    last_seen_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Me(User):
    """One's own account: what only oneself (and admins) may see is added."""

    email: str | None
    locale: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Reset:
    """A link by which a password can be set once, until `expires_at`."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Account(Me):
    """An account as admins see it. A removed one is a placeholder without a username."""

    deactivated_at: datetime | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewAccount(Account):
    """An account that an admin has made; `reset` where it was made without a password."""

    reset: Reset | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """One of one's own logins. `used_at` is when its tokens were last renewed; `current` is the
    one that asks."""

    id: str
    device: str | None
    address: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A personal access token, without its secret. `used_at` is exact to about a minute."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewPersonalToken(PersonalToken):
    """A new personal access token; `token` is shown this once."""

    token: str


@dataclass(frozen=True, slots=True)
class Invite:
    """A link by which people may register. `uses` is how many it still lets in (null: without
    limit), `used` how many have come; `conversation_id` is the room that it leads into."""

    id: str
    code: str
    url: str
    uses: int | None
    used: int
    conversation_id: str | None
    created_by: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to a login: an access token (JWT, `expires_in` seconds) and a refresh token."""

    user: Me
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 — the name of a scheme


@dataclass(frozen=True, slots=True)
class Online:
    """Ids of users with a live connection."""

    online: list[str]
