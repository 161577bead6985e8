"""Messages over HTTP: send, repeat, page, read marks."""

import json
from typing import Any

import pytest

from tests.http.shapes import MESSAGE, NOBODY, SENDER, invalid, is_id, is_time, refused
from tests.support.client import Caller

pytestmark = pytest.mark.on_mariadb

ALL = "/api/v1/conversations"
JSON = {"Content-Type": "application/json"}


def messages_of(room: str) -> str:
    return f"{ALL}/{room}/messages"


def test_a_sent_message_is_answered_in_full(api: Caller) -> None:
    ada, bob = api.person(display_name="Ada 爱达"), api.person("bob")
    room = ada.room(bob)
    answer = ada.post(messages_of(room), content="Hello **there**", client_id="c-1", type="text")
    assert answer.status_code == 201
    message = answer.json()
    assert set(message) == MESSAGE
    assert set(message["sender"]) == SENDER
    assert is_id(message["id"])
    assert is_id(message["session_id"])
    assert is_time(message["created_at"])
    expected = {
        "conversation_id": room,
        "seq": 1,
        "rev": 3,
        "role": "user",
        "type": "text",
        "state": "sent",
        "status": "sent",
        "content": "Hello **there**",
        "mentions": [],
        "parent_id": None,
        "client_id": "c-1",
        "attachments": [],
        "reactions": [],
        "reply": None,
        "feedback": None,
        "edited_at": None,
        "retracted_at": None,
        "superseded_by": None,
    }
    assert expected.items() <= message.items()
    assert message["sender"] == {
        "id": ada.id,
        "username": ada.name,
        "display_name": "Ada 爱达",
        "avatar_url": None,
        "kind": "human",
    }


def test_status_is_for_the_sender_alone(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    sent = ada.say(room)
    path = f"/api/v1/messages/{sent['id']}"
    assert ada.get(path).json() == sent
    assert bob.get(path).json() == {**sent, "status": None}
    assert bob.put(f"{ALL}/{room}/read", seq=1).status_code == 204
    assert ada.get(path).json() == {**sent, "status": "read"}


def test_a_repeat_with_the_same_client_id_is_the_first_message(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room, other = ada.room(bob), ada.room()
    first = ada.say(room, "once", client_id="same 🔑")
    again = ada.post(messages_of(room), content="twice", client_id="same 🔑")
    assert again.status_code == 200
    assert again.json() == first
    assert bob.say(room, "mine", client_id="same 🔑")["seq"] == 2
    assert ada.say(other, "elsewhere", client_id="same 🔑")["seq"] == 1
    assert ada.say(room, "case matters", client_id="SAME 🔑")["seq"] == 3
    assert ada.say(room, "so does space", client_id="same 🔑 ")["seq"] == 4


def test_without_client_id_two_equal_messages_are_two(api: Caller) -> None:
    ada = api.person()
    room = ada.room()
    first, second = ada.say(room), ada.say(room)
    assert (first["seq"], second["seq"]) == (1, 2)
    assert first["client_id"] != second["client_id"]


@pytest.mark.parametrize(
    "content",
    [
        "x" * 20_000,
        "👋" * 20_000,
        "你好,世界\u3000\n\t\r\x01\x7f",
        "e\u0301 \u200f\u202e\ufeff \U0010ffff \uffff",
        "  kept  \n",
        "'; DROP TABLE chat_messages; -- %s {} $1",
        "<script>alert(1)</script>\\u0000",
    ],
)
def test_text_is_kept_as_it_is(api: Caller, content: str) -> None:
    ada = api.person()
    room = ada.room()
    sent = ada.say(room, content)
    assert sent["content"] == content
    assert ada.get(messages_of(room)).json()["items"][0]["content"] == content


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": ""}, "content"),
        ({"content": " \n\t\u3000"}, "content"),
        ({"content": "x" * 20_001}, "content"),
        ({"content": "a\0b"}, "content"),
        ({"content": "\ud83d"}, "content"),
        ({"content": "\udc4b\ud83d"}, "content"),
        ({"content": None}, "content"),
        ({"content": 5}, "content"),
        ({"content": ["x"]}, "content"),
        ({"content": {"text": "x"}}, "content"),
        ({"content": "x", "client_id": ""}, "client_id"),
        ({"content": "x", "client_id": "c" * 129}, "client_id"),
        ({"content": "x", "client_id": "a\0"}, "client_id"),
        ({"content": "x", "client_id": "\ud800"}, "client_id"),
        ({"content": "x", "client_id": 1}, "client_id"),
        ({"content": "x", "type": "system"}, "type"),
        ({"content": "x", "type": 1}, "type"),
        ({"content": "x", "sender_id": NOBODY}, "sender_id"),
        ({"content": "x", "seq": 1}, "seq"),
        ({"content": "x", "\0": 1}, "\0"),
    ],
)
def test_what_is_wrong_with_a_message_is_named(
    api: Caller, body: dict[str, Any], field: str
) -> None:
    ada = api.person()
    room = ada.room()
    answer = ada.call("POST", messages_of(room), content=json.dumps(body), headers=JSON)
    invalid(answer, "body", field)
    assert ada.get(messages_of(room)).json()["items"] == []


def test_128_characters_of_client_id_are_fine(api: Caller) -> None:
    ada = api.person()
    assert ada.say(ada.room(), client_id="键" * 128)["client_id"] == "键" * 128


@pytest.fixture
def history(api: Caller) -> tuple[Caller, str]:
    """Someone, and the path of a history with ten messages."""
    ada = api.person()
    room = ada.room()
    for number in range(1, 11):
        ada.say(room, str(number))
    return ada, messages_of(room)


@pytest.mark.parametrize(
    ("query", "numbers", "more", "newer"),
    [
        ({}, range(1, 11), False, None),
        ({"limit": 3}, range(8, 11), True, None),
        ({"limit": 10}, range(1, 11), False, None),
        ({"before": 4}, range(1, 4), False, None),
        ({"before": 4, "limit": 2}, range(2, 4), True, None),
        ({"before": 1}, [], False, None),
        ({"before": 0}, [], False, None),
        ({"before": 2**63 - 1, "limit": 1}, [10], True, None),
        ({"after": 8}, [9, 10], False, None),
        ({"after": 0, "limit": 4}, range(1, 5), True, None),
        ({"after": 10}, [], False, None),
        ({"after": 2**63 - 1}, [], False, None),
        ({"around": 5, "limit": 4}, range(3, 7), True, True),
        ({"around": 1, "limit": 4}, range(1, 3), False, True),
        ({"around": 10, "limit": 4}, [8, 9, 10], True, False),
        ({"around": 5, "limit": 1}, [5], True, True),
        ({"around": 0, "limit": 4}, range(1, 3), False, True),
        ({"around": 5}, range(1, 11), False, False),
    ],
)
def test_a_history_is_read_from_any_place(
    history: tuple[Caller, str], query: Any, numbers: Any, more: bool, newer: bool | None
) -> None:
    ada, path = history
    answer = ada.get(path, **query)
    assert answer.status_code == 200
    page = answer.json()
    assert [message["seq"] for message in page["items"]] == list(numbers)
    assert all(set(message) == MESSAGE for message in page["items"])
    assert page["has_more"] is more
    assert page.get("has_newer") is newer


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "all"}, "limit"),
        ({"before": -1}, "before"),
        ({"after": 2**63}, "after"),
        ({"around": "x"}, "around"),
        ({"around": "1" * 5000}, "around"),
        ({"before": 1, "around": 2}, "around"),
        ({"before": 1, "after": 2}, "after"),
    ],
)
def test_what_is_wrong_with_a_page_is_named(
    history: tuple[Caller, str], query: Any, field: str
) -> None:
    ada, path = history
    problem = refused(ada.get(path, **query), 422, "invalid")
    assert problem["errors"][0]["loc"][0] == "query"
    assert problem["errors"][0]["loc"][1] in query
    assert field in problem["detail"]


def test_marks_only_grow_and_count_what_is_unread(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    for _ in range(3):
        ada.say(room)

    def me() -> tuple[int, int]:
        found = bob.get(f"{ALL}/{room}").json()["me"]
        return found["read_seq"], found["unread"]

    assert me() == (0, 3)
    for seq, expected in ((2, (2, 1)), (1, (2, 1)), (0, (2, 1)), (2**63 - 1, (3, 0)), (3, (3, 0))):
        answer = bob.put(f"{ALL}/{room}/read", seq=seq)
        assert (answer.status_code, answer.content) == (204, b"")
        assert me() == expected
    ada.say(room)
    assert me() == (3, 1)
    bob.say(room)
    assert me() == (5, 0)  # one's own message moves one's own mark
    assert ada.get(f"{ALL}/{room}").json()["last_rev"] == 7  # marks take no number


@pytest.mark.parametrize(
    "text", ['{"seq":-1}', '{"seq":1.5}', '{"seq":"1"}', '{"seq":true}', '{"seq":null}', "{}"]
)
def test_a_mark_is_a_whole_number(api: Caller, text: str) -> None:
    ada = api.person()
    room = ada.room()
    answer = ada.call("PUT", f"{ALL}/{room}/read", content=text, headers=JSON)
    invalid(answer, "body", "seq")


@pytest.mark.parametrize("number", ["9223372036854775808", "1e400", "9" * 400, "-" + "9" * 400])
def test_a_number_without_bounds_is_named(api: Caller, number: str) -> None:
    ada = api.person()
    room = ada.room()
    content = f'{{"seq":{number}}}'
    answer = ada.call("PUT", f"{ALL}/{room}/read", content=content, headers=JSON)
    invalid(answer, "body", "seq")


def test_messages_of_others_do_not_exist(api: Caller) -> None:
    ada, eve = api.person(), api.person("eve")
    hidden, shown = ada.say(ada.room()), ada.say(ada.room(public=True))
    refused(eve.get(f"/api/v1/messages/{hidden['id']}"), 404, "not_found")
    refused(eve.get(f"/api/v1/messages/{shown['id']}"), 403, "not_member")
    for strange in (NOBODY, "x", "%00", "1"):
        refused(ada.get(f"/api/v1/messages/{strange}"), 404, "not_found")
    refused(api.get(f"/api/v1/messages/{hidden['id']}"), 401, "unauthenticated")


def test_an_edit_is_answered_in_full_and_seen_by_all(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    sent = ada.say(room, "frist")
    path = f"/api/v1/messages/{sent['id']}"
    answer = ada.patch(path, content=f"first @{bob.name}")
    assert answer.status_code == 200
    edited = answer.json()
    assert set(edited) == MESSAGE
    assert edited["content"] == f"first @{bob.name}"
    assert edited["mentions"] == [bob.id]
    assert is_time(edited["edited_at"])
    assert (edited["seq"], edited["rev"]) == (sent["seq"], sent["rev"] + 1)
    assert bob.get(path).json() == {**edited, "status": None}
    assert bob.get(f"{ALL}/{room}").json()["me"]["mentions"] == 1
    refused(bob.patch(path, content="mine now"), 403, "forbidden")
    invalid(ada.patch(path, content=" "), "body", "content")
    invalid(ada.patch(path, content="x" * 20_001), "body", "content")
    invalid(ada.patch(path), "body", "content")
    refused(api.patch(path, content="x"), 401, "unauthenticated")


def test_a_recalled_message_leaves_its_place(api: Caller) -> None:
    ada, bob, eve = api.person(), api.person("bob"), api.person("eve")
    room = ada.room(bob)
    sent, kept = ada.say(room, "secret"), bob.say(room, "by bob")
    path = f"/api/v1/messages/{sent['id']}"
    refused(eve.delete(path), 404, "not_found")
    refused(bob.delete(path), 403, "forbidden")
    for _ in range(2):
        answer = ada.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
    seen = bob.get(path).json()
    assert (seen["content"], seen["seq"]) == ("", sent["seq"])
    assert is_time(seen["retracted_at"])
    refused(ada.patch(path, content="back"), 410, "gone")
    # As the owner of the room ada may recall what others said.
    assert ada.delete(f"/api/v1/messages/{kept['id']}").status_code == 204


def test_an_answer_names_a_message_of_the_same_room(api: Caller) -> None:
    ada = api.person()
    room, other = ada.room(), ada.room()
    first, elsewhere = ada.say(room), ada.say(other)
    assert ada.say(room, "yes", parent_id=first["id"])["parent_id"] == first["id"]
    for wrong in (elsewhere["id"], NOBODY):
        answer = ada.post(messages_of(room), content="to what?", parent_id=wrong)
        invalid(answer, "body", "parent_id")


def test_who_has_read_is_told_with_the_time(api: Caller) -> None:
    ada, bob, eve = api.person(), api.person("bob"), api.person("eve")
    room = ada.room(bob, eve)
    sent = ada.say(room)
    path = f"/api/v1/messages/{sent['id']}/reads"
    assert ada.get(path).json() == {"items": [], "next_cursor": None}
    assert bob.put(f"{ALL}/{room}/read", seq=1).status_code == 204
    (receipt,) = ada.get(path).json()["items"]
    assert set(receipt) == {"user", "read_at"}
    assert receipt["user"]["id"] == bob.id
    assert is_time(receipt["read_at"])
    refused(api.person("dan").get(path), 404, "not_found")


def test_unread_messages_come_in_pages(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    for number in range(5):
        ada.say(room, str(number))
    bob.put(f"{ALL}/{room}/read", seq=1)
    first = bob.get(f"{ALL}/{room}/unread", limit=3).json()
    rest = bob.get(f"{ALL}/{room}/unread", limit=3, cursor=first["next_cursor"]).json()
    assert [m["content"] for m in first["items"] + rest["items"]] == ["1", "2", "3", "4"]
    assert rest["next_cursor"] is None
    assert ada.get(f"{ALL}/{room}/unread").json()["items"] == []


def test_typing_is_for_members(api: Caller) -> None:
    ada, eve = api.person(), api.person("eve")
    room = ada.room()
    answer = ada.put(f"{ALL}/{room}/typing", typing=True)
    assert (answer.status_code, answer.content) == (204, b"")
    assert ada.put(f"{ALL}/{room}/typing", typing=False).status_code == 204
    refused(eve.put(f"{ALL}/{room}/typing", typing=True), 404, "not_found")
    invalid(ada.put(f"{ALL}/{room}/typing", typing="yes"), "body", "typing")


def test_ones_own_settings_are_kept(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    changed = bob.patch(f"{ALL}/{room}/me", notify="mentions", pinned=True)
    assert changed.status_code == 200
    assert changed.json()["me"]["notify"] == "mentions"
    assert is_time(changed.json()["me"]["pinned_at"])
    entry = bob.get(ALL).json()["items"][0]
    assert entry["me"] == changed.json()["me"]
    assert ada.get(f"{ALL}/{room}").json()["me"]["notify"] == "all"
    invalid(bob.patch(f"{ALL}/{room}/me", notify="loud"), "body", "notify")


def test_a_room_may_have_its_own_edit_window(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    sent = bob.say(room)
    refused(bob.patch(f"{ALL}/{room}", edit_window=60), 403, "forbidden")
    assert ada.patch(f"{ALL}/{room}/members/{bob.id}", role="moderator").status_code == 200
    refused(bob.patch(f"{ALL}/{room}", name="x", edit_window=0), 403, "forbidden")
    assert bob.patch(f"{ALL}/{room}", edit_window=0).json()["edit_window"] == 0
    refused(bob.patch(f"/api/v1/messages/{sent['id']}", content="late"), 409, "edit_window_over")
    assert bob.patch(f"{ALL}/{room}", edit_window=None).json()["edit_window"] is None
    assert bob.patch(f"/api/v1/messages/{sent['id']}", content="in time").status_code == 200
