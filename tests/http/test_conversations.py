"""Conversations over HTTP: make, find, open, change, archive, catch up."""

import base64
import json
from typing import Any

import pytest

from tests.http.shapes import (
    CHANGES,
    CONVERSATION,
    LIVE_MESSAGE,
    MEMBER,
    MEMBERSHIP,
    MESSAGE,
    NOBODY,
    PAGE,
    USER,
    invalid,
    is_id,
    is_time,
    refused,
)
from tests.support.client import Caller, unique

pytestmark = pytest.mark.on_mariadb

ALL = "/api/v1/conversations"
PUBLIC = f"{ALL}/public"


def test_a_new_room_is_its_makers_and_empty(api: Caller) -> None:
    ada = api.person()
    answer = ada.post(ALL, kind="group", name=" Plans 计划 ", description="What *we* do")
    assert answer.status_code == 201
    room = answer.json()
    assert set(room) == CONVERSATION
    assert set(room["me"]) == MEMBERSHIP
    assert is_id(room["id"])
    assert is_time(room["created_at"])
    expected = {
        "kind": "group",
        "name": "Plans 计划",
        "description": "What *we* do",
        "avatar_url": None,
        "public": False,
        "created_by": ada.id,
        "archived_at": None,
        "last_seq": 0,
        "last_rev": 1,
        "last_message_at": None,
        "last_message": None,
        "member_count": 1,
        "peer": None,
    }
    assert expected.items() <= room.items()
    mine = {"role": "owner", "read_seq": 0, "unread": 0, "mentions": 0, "notify": "all"}
    assert room["me"] == {**mine, "pinned_at": None}


def test_a_room_with_others_counts_everyone_once(api: Caller) -> None:
    ada, bob, eve = api.person(), api.person("bob"), api.person("eve")
    ids = [bob.id, eve.id, bob.id.upper(), ada.id]
    room = ada.post(ALL, kind="group", name="Room", member_ids=ids).json()
    assert room["member_count"] == 3
    assert room["last_rev"] == 3
    assert bob.get(f"{ALL}/{room['id']}").json()["me"]["role"] == "member"


def test_a_repeat_with_the_same_client_id_is_the_first_room(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    body = {"kind": "group", "name": "Once", "client_id": "a 1 👋"}
    first = ada.post(ALL, **body)
    again = ada.post(ALL, **{**body, "name": "Twice"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert bob.post(ALL, **body).status_code == 201  # somebody else's id is another one


def test_two_people_have_one_direct_conversation(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    first = ada.post(ALL, kind="direct", user_id=bob.id)
    again = ada.post(ALL, kind="direct", user_id=bob.id)
    back = bob.post(ALL, kind="direct", user_id=ada.id.upper())
    assert [first.status_code, again.status_code, back.status_code] == [201, 200, 200]
    assert {answer.json()["id"] for answer in (first, again, back)} == {first.json()["id"]}
    assert set(first.json()) == CONVERSATION
    assert first.json()["kind"] == "direct"
    assert first.json()["name"] is None
    assert first.json()["member_count"] == 2
    assert first.json()["me"]["role"] == "member"
    assert set(first.json()["peer"]) == USER
    assert first.json()["peer"]["id"] == bob.id
    assert back.json()["peer"]["id"] == ada.id


def test_one_can_keep_notes_for_oneself(api: Caller) -> None:
    ada = api.person()
    notes = ada.post(ALL, kind="direct", user_id=ada.id).json()
    assert notes["member_count"] == 1
    assert notes["peer"]["id"] == ada.id
    message = ada.say(notes["id"], "remember")
    assert message["status"] in ("sent", "read")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "support"}, "kind"),
        ({"kind": None}, "kind"),
        ({"kind": "\ud800"}, "kind"),
        ({"kind": "group"}, "name"),
        ({"kind": "group", "name": ""}, "name"),
        ({"kind": "group", "name": " \u3000 "}, "name"),
        ({"kind": "group", "name": "x" * 81}, "name"),
        ({"kind": "group", "name": "a\nb"}, "name"),
        ({"kind": "group", "name": "a\0b"}, "name"),
        ({"kind": "group", "name": "\udfff"}, "name"),
        ({"kind": "group", "name": 7}, "name"),
        ({"kind": "group", "name": "R", "description": "x" * 2001}, "description"),
        ({"kind": "group", "name": "R", "description": "\0"}, "description"),
        ({"kind": "group", "name": "R", "public": "yes"}, "public"),
        ({"kind": "group", "name": "R", "member_ids": "x"}, "member_ids"),
        ({"kind": "group", "name": "R", "client_id": ""}, "client_id"),
        ({"kind": "group", "name": "R", "client_id": "x" * 129}, "client_id"),
        ({"kind": "group", "name": "R", "client_id": "\0"}, "client_id"),
        ({"kind": "group", "name": "R", "owner": "x"}, "owner"),
        ({"kind": "direct"}, "user_id"),
        ({"kind": "direct", "user_id": "x"}, "user_id"),
        ({"kind": "direct", "user_id": 1}, "user_id"),
    ],
)
def test_what_is_wrong_with_a_new_conversation_is_named(
    api: Caller, body: dict[str, Any], field: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.person().call("POST", ALL, content=json.dumps(body), headers=headers)
    invalid(answer, "body", field)


def test_people_who_do_not_exist_are_not_found(api: Caller) -> None:
    ada = api.person()
    refused(ada.post(ALL, kind="direct", user_id=NOBODY), 404, "not_found")
    body = {"kind": "group", "name": "Room", "member_ids": [NOBODY]}
    refused(ada.post(ALL, **body), 404, "not_found")
    assert ada.get(ALL).json()["items"] == []  # nothing half made


def test_ones_own_conversations_by_activity_kind_and_name(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    mark = unique("Röadmap")
    first = ada.room(name=mark)
    direct = ada.post(ALL, kind="direct", user_id=bob.id).json()["id"]
    second = ada.room(bob)
    ada.say(first)
    page = ada.get(ALL).json()
    assert set(page) == PAGE
    assert [room["id"] for room in page["items"]] == [first, second, direct]
    assert all(set(room) == CONVERSATION for room in page["items"])
    assert set(page["items"][0]["last_message"]) >= LIVE_MESSAGE
    assert [room["id"] for room in ada.get(ALL, kind="direct").json()["items"]] == [direct]
    assert [room["id"] for room in ada.get(ALL, query=mark[:6]).json()["items"]] == [first]
    assert ada.get(ALL, query="100%").json()["items"] == []
    assert ada.get(ALL, kind="assistant").json()["items"] == []
    invalid(ada.get(ALL, kind="room"), "query", "kind")


def test_conversations_come_in_pages(api: Caller) -> None:
    ada = api.person()
    rooms = [ada.room(name=f"Room {number}") for number in range(5)]
    seen, cursor = [], None
    for _ in range(3):
        page = ada.get(ALL, limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [room["id"] for room in page["items"]]
        cursor = page["next_cursor"]
    assert seen == rooms[::-1]
    assert cursor is None


def cursor_of(*keys: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


FORGED = [
    "x",
    cursor_of("2020-01-01T00:00:00+00:00", "x"),
    cursor_of("2020-01-01T00:00:00+00:00", "\0"),
    cursor_of("0001-01-01T00:00:00+14:00", NOBODY),
    cursor_of("yesterday", NOBODY),
    cursor_of("x"),
    base64.urlsafe_b64encode(b"[" * 740).decode(),
]


@pytest.mark.parametrize("path", [ALL, PUBLIC, "members"])
@pytest.mark.parametrize("cursor", FORGED)
def test_a_forged_cursor_is_refused(api: Caller, path: str, cursor: str) -> None:
    ada = api.person()
    path = f"{ALL}/{ada.room()}/members" if path == "members" else path
    invalid(ada.get(path, cursor=cursor), "query", "cursor")


def test_public_rooms_are_found_by_who_is_not_in(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    mark = unique("Public")
    room = ada.room(name=mark, public=True)
    hidden = ada.room(name=mark)
    ada.say(room, "only for members")
    found = bob.get(PUBLIC, query=mark.lower()).json()
    assert [one["id"] for one in found["items"]] == [room]
    assert set(found["items"][0]) == CONVERSATION
    assert found["items"][0]["me"] is None
    assert found["items"][0]["last_message"] is None
    assert hidden not in json.dumps(found)
    mine = ada.get(PUBLIC, query=mark).json()["items"][0]
    assert mine["me"]["role"] == "owner"
    assert mine["last_message"]["content"] == "only for members"


def test_opening_shows_the_newest_messages_in_order(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    sent = [ada.say(room, f"message {number}") for number in range(4)]
    opened = bob.get(f"{ALL}/{room}", limit=3).json()
    assert set(opened) == CONVERSATION | {"messages", "has_more"}
    assert opened["has_more"] is True
    assert all(set(message) == MESSAGE for message in opened["messages"])
    assert [message["id"] for message in opened["messages"]] == [one["id"] for one in sent[1:]]
    assert opened["me"]["unread"] == 4
    assert opened["last_seq"] == 4
    assert bob.get(f"{ALL}/{room}").json()["has_more"] is False


def test_an_owner_changes_name_description_and_openness(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob, description="old")
    changed = ada.patch(f"{ALL}/{room}", name="New 新", public=True)
    assert changed.status_code == 200
    assert set(changed.json()) == CONVERSATION
    kept = {"name": "New 新", "public": True, "description": "old", "last_rev": 5}
    assert kept.items() <= changed.json().items()
    assert ada.patch(f"{ALL}/{room}", description="").json()["description"] == ""
    assert ada.patch(f"{ALL}/{room}", public=False).json()["public"] is False
    refused(bob.patch(f"{ALL}/{room}", name="Mine"), 403, "forbidden")
    invalid(ada.patch(f"{ALL}/{room}", name=""), "body", "name")
    invalid(ada.patch(f"{ALL}/{room}", kind="direct"), "body", "kind")


def test_an_archived_room_is_read_but_not_written(api: Caller) -> None:
    ada, bob, eve = api.person(), api.person("bob"), api.person("eve")
    room = ada.room(bob, public=True)
    ada.say(room)
    refused(bob.delete(f"{ALL}/{room}"), 403, "forbidden")
    answer = ada.delete(f"{ALL}/{room}")
    assert (answer.status_code, answer.content) == (204, b"")
    opened = bob.get(f"{ALL}/{room}").json()
    assert is_time(opened["archived_at"])
    assert [message["type"] for message in opened["messages"]] == ["text", "system"]
    for who in (ada, bob):
        assert who.get(ALL).json()["items"] == []
    for refusal in (
        bob.post(f"{ALL}/{room}/messages", content="late"),
        ada.patch(f"{ALL}/{room}", name="late"),
        ada.delete(f"{ALL}/{room}"),
        ada.post(f"{ALL}/{room}/members", user_id=eve.id),
        eve.post(f"{ALL}/{room}/join"),
    ):
        refused(refusal, 409, "conflict")


def test_a_direct_conversation_is_no_room(api: Caller) -> None:
    ada, bob, eve = api.person(), api.person("bob"), api.person("eve")
    direct = ada.post(ALL, kind="direct", user_id=bob.id).json()["id"]
    for refusal in (
        ada.patch(f"{ALL}/{direct}", name="Ours"),
        ada.delete(f"{ALL}/{direct}"),
        ada.post(f"{ALL}/{direct}/members", user_id=eve.id),
        ada.post(f"{ALL}/{direct}/leave"),
        ada.delete(f"{ALL}/{direct}/members/{bob.id}"),
        ada.patch(f"{ALL}/{direct}/members/{bob.id}", role="admin"),
    ):
        refused(refusal, 409, "conflict")
    refused(eve.get(f"{ALL}/{direct}"), 404, "not_found")
    refused(eve.post(f"{ALL}/{direct}/join"), 404, "not_found")


def test_changes_since_a_rev_and_nothing_else(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    ada.say(room, "one")
    ada.say(room, "two")
    ada.patch(f"{ALL}/{room}", name="Renamed")
    bob.put(f"{ALL}/{room}/read", seq=1)
    found = bob.get(f"{ALL}/{room}/changes", after=3).json()
    assert set(found) == CHANGES
    assert [message["type"] for message in found["messages"]] == ["text", "system"]
    assert found["messages"][0]["content"] == "two"
    assert all(set(message) == MESSAGE for message in found["messages"])
    assert set(found["conversation"]) == CONVERSATION
    assert found["conversation"]["name"] == "Renamed"
    assert found["members"] == []
    assert found["reads"] == {ada.id: 3, bob.id: 1}
    assert found["delivered"] == {ada.id: 3, bob.id: 1}
    assert (found["rev"], found["more"], found["reload"]) == (6, False, False)
    everything = bob.get(f"{ALL}/{room}/changes", after=0).json()
    assert [set(member) for member in everything["members"]] == [MEMBER, MEMBER]
    assert {member["rev"] for member in everything["members"]} == {1, 2}


def test_changes_in_pieces_are_the_changes_at_once(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    for number in range(5):
        ada.say(room, str(number))
    rev, contents, turns = 0, [], 0
    while turns < 10:
        found = ada.get(f"{ALL}/{room}/changes", after=rev, limit=2).json()
        contents += [message["content"] for message in found["messages"]]
        rev, turns = found["rev"], turns + 1
        if not found["more"]:
            break
    assert contents == ["0", "1", "2", "3", "4"]
    assert rev == 7


def test_a_rev_from_the_future_asks_to_reload(api: Caller) -> None:
    ada = api.person()
    room = ada.room()
    for after in (2, 2**63 - 1):
        found = ada.get(f"{ALL}/{room}/changes", after=after).json()
        assert (found["reload"], found["rev"], found["messages"]) == (True, 1, [])
    for strange in ("", "-1", "x", 2**63):
        invalid(ada.get(f"{ALL}/{room}/changes", after=strange), "query", "after")
    invalid(ada.get(f"{ALL}/{room}/changes"), "query", "after")
    invalid(ada.get(f"{ALL}/{room}/changes", after=1, limit=1001), "query", "limit")


NOUN_CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"name": "x"}),
    ("DELETE", "", None),
    ("GET", "/changes?after=0", None),
    ("GET", "/members", None),
    ("POST", "/members", {"user_id": NOBODY}),
    ("PATCH", f"/members/{NOBODY}", {"role": "admin"}),
    ("DELETE", f"/members/{NOBODY}", None),
    ("POST", "/join", None),
    ("POST", "/leave", None),
    ("GET", "/messages", None),
    ("POST", "/messages", {"content": "x"}),
    ("PUT", "/read", {"seq": 1}),
]


@pytest.mark.parametrize(("method", "path", "body"), NOUN_CALLS)
def test_outsiders_learn_of_public_rooms_only(
    api: Caller, method: str, path: str, body: Any
) -> None:
    ada, eve = api.person(), api.person("eve")
    closed, public = ada.room(), ada.room(public=True)
    options = {} if body is None else {"json": body}
    for unknown in (closed, NOBODY, "x", "%00"):
        refused(eve.call(method, f"{ALL}/{unknown}{path}", **options), 404, "not_found")
        refused(api.call(method, f"{ALL}/{unknown}{path}", **options), 401, "unauthenticated")
    if path != "/join":
        refused(eve.call(method, f"{ALL}/{public}{path}", **options), 403, "not_member")
    assert ada.get(f"{ALL}/{closed}").json()["last_rev"] == 1
    assert ada.get(f"{ALL}/{public}").json()["last_rev"] == 1
