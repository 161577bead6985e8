"""Members over HTTP: list, add, remove, roles, join, leave."""

from typing import Any

import pytest

from tests.http.shapes import MEMBER, NOBODY, PAGE, USER, invalid, is_time, refused
from tests.support.client import Caller

pytestmark = pytest.mark.on_mariadb

ALL = "/api/v1/conversations"
Cast = dict[str, Caller]


@pytest.fixture
def cast(api: Caller) -> Cast:
    """ada owns the room, bob and eve are in it, dan is not."""
    return {name: api.person(name) for name in ("ada", "bob", "eve", "dan")}


@pytest.fixture
def room(cast: Cast) -> str:
    """The path of their public room."""
    return f"{ALL}/{cast['ada'].room(cast['bob'], cast['eve'], public=True)}"


def roles(caller: Caller, room: str) -> dict[str, str]:
    items = caller.get(f"{room}/members").json()["items"]
    return {member["user"]["id"]: member["role"] for member in items}


def test_members_are_listed_with_role_mark_and_number(cast: Cast, room: str) -> None:
    page = cast["bob"].get(f"{room}/members")
    assert page.status_code == 200
    assert set(page.json()) == PAGE
    members = page.json()["items"]
    assert all(set(member) == MEMBER and set(member["user"]) == USER for member in members)
    assert {member["user"]["id"] for member in members} == {
        cast[name].id for name in ("ada", "bob", "eve")
    }
    first = next(member for member in members if member["user"]["id"] == cast["ada"].id)
    assert {"role": "owner", "left_at": None, "read_seq": 0, "rev": 1}.items() <= first.items()
    assert is_time(first["joined_at"])


def test_members_come_in_pages(cast: Cast, room: str) -> None:
    first = cast["ada"].get(f"{room}/members", limit=2).json()
    rest = cast["ada"].get(f"{room}/members", limit=2, cursor=first["next_cursor"]).json()
    ids = [member["user"]["id"] for member in first["items"] + rest["items"]]
    assert ids == sorted(cast[name].id for name in ("ada", "bob", "eve"))
    assert rest["next_cursor"] is None


def test_adding_someone_answers_with_the_member(cast: Cast, room: str) -> None:
    cast["ada"].say(room.rsplit("/", 1)[1])
    answer = cast["bob"].post(f"{room}/members", user_id=cast["dan"].id.upper())
    assert answer.status_code == 201
    member = answer.json()
    assert set(member) == MEMBER
    assert member["user"]["id"] == cast["dan"].id
    assert {"role": "member", "left_at": None, "read_seq": 1, "rev": 5}.items() <= member.items()
    opened = cast["dan"].get(room).json()
    # What was there before counts as read; that one was added is news.
    assert opened["me"]["unread"] == 1
    assert opened["member_count"] == 4


@pytest.mark.parametrize("role", ["admin", "moderator", "member"])
def test_an_owner_adds_people_with_any_lower_role(cast: Cast, room: str, role: str) -> None:
    answer = cast["ada"].post(f"{room}/members", user_id=cast["dan"].id, role=role)
    assert answer.json()["role"] == role
    assert roles(cast["bob"], room)[cast["dan"].id] == role


def test_nobody_gives_a_role_that_is_not_below_their_own(cast: Cast, room: str) -> None:
    for who, role in (("bob", "moderator"), ("bob", "owner"), ("ada", "owner")):
        answer = cast[who].post(f"{room}/members", user_id=cast["dan"].id, role=role)
        refused(answer, 403, "forbidden")
    assert cast["dan"].id not in roles(cast["ada"], room)


def test_adding_twice_joining_twice_and_strangers(cast: Cast, room: str) -> None:
    ada, bob, dan = cast["ada"], cast["bob"], cast["dan"]
    refused(ada.post(f"{room}/members", user_id=bob.id), 409, "already_member")
    refused(bob.post(f"{room}/join"), 409, "already_member")
    refused(ada.delete(f"{room}/members/{dan.id}"), 404, "not_found")
    refused(ada.patch(f"{room}/members/{dan.id}", role="admin"), 404, "not_found")
    refused(ada.post(f"{room}/members", user_id=NOBODY), 404, "not_found")
    refused(ada.delete(f"{room}/members/{NOBODY}"), 404, "not_found")
    refused(ada.delete(f"{room}/members/x"), 404, "not_found")
    assert len(roles(ada, room)) == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "user_id"),
        ({"user_id": "x"}, "user_id"),
        ({"user_id": None}, "user_id"),
        ({"user_id": NOBODY, "role": "king"}, "role"),
        ({"user_id": NOBODY, "role": None}, "role"),
        ({"user_id": NOBODY, "rank": 1}, "rank"),
    ],
)
def test_what_is_wrong_with_an_addition_is_named(
    cast: Cast, room: str, body: dict[str, Any], field: str
) -> None:
    invalid(cast["ada"].post(f"{room}/members", **body), "body", field)


def test_joining_and_leaving_a_public_room(cast: Cast, room: str) -> None:
    dan = cast["dan"]
    joined = dan.post(f"{room}/join")
    assert joined.status_code == 200
    assert set(joined.json()) == MEMBER
    assert joined.json()["user"]["id"] == dan.id
    left = dan.post(f"{room}/leave")
    assert (left.status_code, left.content) == (204, b"")
    refused(dan.get(room), 403, "not_member")
    refused(dan.post(f"{room}/leave"), 403, "not_member")
    again = dan.post(f"{room}/join").json()
    assert again["left_at"] is None
    assert again["rev"] == joined.json()["rev"] + 4  # with a message each


def test_a_private_room_is_joined_by_nobody(cast: Cast) -> None:
    room = cast["ada"].room()
    refused(cast["dan"].post(f"{ALL}/{room}/join"), 404, "not_found")


def test_only_higher_roles_remove(cast: Cast, room: str) -> None:
    ada, bob, eve = cast["ada"], cast["bob"], cast["eve"]
    refused(bob.delete(f"{room}/members/{eve.id}"), 403, "forbidden")
    refused(bob.delete(f"{room}/members/{ada.id}"), 403, "forbidden")
    assert ada.patch(f"{room}/members/{bob.id}", role="moderator").json()["role"] == "moderator"
    refused(bob.delete(f"{room}/members/{ada.id}"), 403, "forbidden")
    removed = bob.delete(f"{room}/members/{eve.id}")
    assert (removed.status_code, removed.content) == (204, b"")
    refused(eve.get(room), 403, "not_member")
    refused(eve.post(f"{room}/messages", content="still here?"), 403, "not_member")
    assert ada.get(room).json()["member_count"] == 2


def test_removing_oneself_is_leaving(cast: Cast, room: str) -> None:
    bob = cast["bob"]
    assert bob.delete(f"{room}/members/{bob.id}").status_code == 204
    refused(bob.get(room), 403, "not_member")


def test_an_owner_hands_the_room_over(cast: Cast, room: str) -> None:
    ada, bob, eve = cast["ada"], cast["bob"], cast["eve"]
    refused(bob.patch(f"{room}/members/{eve.id}", role="admin"), 403, "forbidden")
    refused(ada.patch(f"{room}/members/{ada.id}", role="member"), 409, "conflict")
    invalid(ada.patch(f"{room}/members/{bob.id}", role="king"), "body", "role")
    invalid(ada.patch(f"{room}/members/{bob.id}"), "body", "role")
    changed = ada.patch(f"{room}/members/{bob.id}", role="owner")
    assert set(changed.json()) == MEMBER
    assert roles(eve, room) == {ada.id: "admin", bob.id: "owner", eve.id: "member"}
    refused(ada.patch(f"{room}/members/{bob.id}", role="member"), 403, "forbidden")


def test_a_leaving_owner_is_followed_by_rank_then_by_age(cast: Cast, room: str) -> None:
    ada, bob, eve = cast["ada"], cast["bob"], cast["eve"]
    ada.patch(f"{room}/members/{eve.id}", role="admin")
    assert ada.post(f"{room}/leave").status_code == 204
    assert roles(bob, room) == {bob.id: "member", eve.id: "owner"}
    assert eve.post(f"{room}/leave").status_code == 204
    assert roles(bob, room) == {bob.id: "owner"}


def test_the_last_to_leave_archives_the_room(cast: Cast) -> None:
    ada, dan = cast["ada"], cast["dan"]
    room = f"{ALL}/{ada.room(public=True)}"
    assert ada.post(f"{room}/leave").status_code == 204
    refused(dan.post(f"{room}/join"), 409, "conflict")
    assert dan.get(f"{ALL}/public", query="Room", limit=200).json()["items"] is not None
    assert room not in dan.get(f"{ALL}/public", limit=200).text
