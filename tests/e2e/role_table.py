"""What a row of the table of roles is: what is tried, and the rule that says who may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.e2e.roles import YES, Kind, Scene
from tests.support.pictures import picture

Json = Any
Rule = Callable[[Kind], str]

RANK = {"member": 0, "moderator": 1, "admin": 2, "owner": 3, "nobody": 4}


def anyone(kind: Kind) -> str:
    """Everybody, with and without an account."""
    return YES


def signed_in(kind: Kind) -> str:
    """Everybody with an account that holds."""
    return "unauthenticated" if kind.workspace is None else YES


def logged_in(kind: Kind) -> str:
    """Everybody who came by a password: a token that was stolen must not outlive its end."""
    return _or_forbidden(kind, not kind.token)


def administrators(kind: Kind) -> str:
    """Owners and admins of the workspace."""
    return _or_forbidden(kind, kind.workspace in ("owner", "admin"))


def owners(kind: Kind) -> str:
    """Owners of the workspace."""
    return _or_forbidden(kind, kind.workspace == "owner")


def no_guests(kind: Kind) -> str:
    """Everybody but guests."""
    return _or_forbidden(kind, kind.workspace != "guest")


def _or_forbidden(kind: Kind, allowed: bool) -> str:
    return "forbidden" if signed_in(kind) == YES and not allowed else signed_in(kind)


def members(kind: Kind) -> str:
    """Members of the room, whatever they are in the workspace. Private rooms do not exist for
    others."""
    if kind.workspace is None or kind.room is not None:
        return signed_in(kind)
    return "not_member" if kind.public else "not_found"


def insiders(kind: Kind) -> str:
    """Members of the room. For all others there is no such file, in public rooms either."""
    return "not_found" if members(kind) == "not_member" else members(kind)


def least(role: str) -> Rule:
    """Members of the room with this role in it, or a higher one."""

    def rule(kind: Kind) -> str:
        below = members(kind) == YES and RANK[kind.room or "member"] < RANK[role]
        return "forbidden" if below else members(kind)

    return rule


def joining(kind: Kind) -> str:
    """Everybody but guests, where the room is public and they are not in it."""
    if members(kind) == YES:
        return "already_member"
    if members(kind) != "not_member":
        return members(kind)
    return no_guests(kind)


def unless(rule: Rule, code: str) -> Rule:
    """The rule, but who has no account that holds is refused with this code."""
    return lambda kind: code if kind.workspace is None else rule(kind)


@dataclass(frozen=True)
class Row:
    """A call (`method` and `path`), or a command or address of the socket (`method` is `do` or
    `ws`). `given` makes what is filled into the path, and `body` the body or the arguments;
    `variant` tells rows of one call apart; `fresh` asks for an account that may be spoilt,
    and with `upload` a picture is the body."""

    method: str
    path: str
    rule: Rule
    body: Callable[[Scene], Json] | None = None
    given: Callable[[Scene], dict[str, str]] | None = None
    variant: str = ""
    fresh: bool = False
    form: bool = False
    upload: bool = False

    @property
    def name(self) -> str:
        """How the row is called in the table."""
        call = self.path if self.method == "do" else f"{self.method} {self.path}"
        return f"{call} ({self.variant})" if self.variant else call

    def tried(self, scene: Scene) -> str:
        """What comes of it."""
        filled = {"conversation_id": scene.room} if "{conversation_id}" in self.path else {}
        filled |= self.given(scene) if self.given is not None else {}
        path = self.path.format(**filled)
        body = self.body(scene) if self.body is not None else None
        if self.method == "ws":
            return scene.come(path)
        if self.method == "do":
            return scene.ask(path, body or {})
        if self.upload:
            return scene.call(self.method, path, None, files={"file": ("two.png", picture())})
        if self.form:
            return scene.call(self.method, path, None, data=body)
        return scene.call(self.method, path, body)
