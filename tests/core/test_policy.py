"""The table of who may do what in a room, by role."""

from datetime import UTC, datetime

import pytest

from trialogue.core import policy
from trialogue.core.errors import ChatError
from trialogue.core.models import Conversation, Member
from trialogue.core.policy import Actor

ROLES = ["owner", "admin", "moderator", "member"]


def room(**facts: object) -> Conversation:
    return Conversation(kind="group", workspace_id="w", public=True, **facts)


def member(role: str, user_id: str = "me") -> Member:
    return Member(user_id=user_id, role=role)


def allowed(question: object, *args: object) -> bool:
    try:
        question(*args)  # type: ignore[operator]
    except ChatError:
        return False
    return True


def test_who_may_remove_whom() -> None:
    table = {
        (mine, theirs): allowed(policy.may_remove, member(mine), member(theirs, "other"), room())
        for mine in ROLES
        for theirs in ROLES
    }
    assert {pair for pair, may in table.items() if may} == {
        ("owner", "admin"),
        ("owner", "moderator"),
        ("owner", "member"),
        ("admin", "moderator"),
        ("admin", "member"),
        ("moderator", "member"),
    }


def test_who_may_add_people_in_which_role() -> None:
    may = {
        mine: [role for role in ROLES if allowed(policy.may_add, member(mine), room(), role)]
        for mine in ROLES
    }
    assert may == {
        "owner": ["admin", "moderator", "member"],
        "admin": ["moderator", "member"],
        "moderator": ["member"],
        "member": ["member"],
    }


def test_who_may_give_which_role_to_whom() -> None:
    def may(mine: str, theirs: str) -> list[str]:
        other = member(theirs, "other")
        return [r for r in ROLES if allowed(policy.may_change_role, member(mine), other, r, room())]

    assert may("owner", "member") == ROLES
    assert may("owner", "admin") == ROLES
    assert may("admin", "member") == ["moderator", "member"]
    assert may("admin", "admin") == []
    assert may("admin", "owner") == []
    assert may("moderator", "member") == []
    assert may("member", "member") == []


def test_who_may_change_settings() -> None:
    may = [role for role in ROLES if allowed(policy.may_change_settings, member(role), room())]
    assert may == ["owner", "admin"]


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("member", True), ("guest", False)])
def test_guests_join_and_make_rooms_by_invitation_only(role: str, may: bool) -> None:
    actor = Actor("me", "w", role, None)  # type: ignore[arg-type]
    assert allowed(policy.may_join, actor, room()) is may
    assert allowed(policy.may_create_room, actor) is may


def test_nobody_joins_what_is_private_foreign_or_archived() -> None:
    actor = Actor("me", "w", "owner", None)
    private = Conversation(kind="group", workspace_id="w", public=False)
    foreign = Conversation(kind="group", workspace_id="another", public=True)
    assert not allowed(policy.may_join, actor, private)
    assert not allowed(policy.may_join, actor, foreign)
    assert not allowed(policy.may_join, actor, room(archived_at=datetime.now(UTC)))
