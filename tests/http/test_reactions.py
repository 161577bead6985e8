"""Reactions over HTTP."""

from urllib.parse import quote

from tests.http.shapes import MESSAGE, PAGE, USER, invalid, is_time, refused
from tests.support.client import Caller


def path(message_id: str, emoji: str) -> str:
    return f"/api/v1/messages/{message_id}/reactions/{quote(emoji)}"


def test_a_reaction_is_added_once_and_taken_back(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    sent = ada.say(room)
    for _ in range(2):
        answer = bob.call("PUT", path(sent["id"], "👍"))
        assert answer.status_code == 200
        assert set(answer.json()) == MESSAGE
        assert answer.json()["reactions"] == [{"emoji": "👍", "count": 1, "me": True}]
    seen = ada.get(f"/api/v1/messages/{sent['id']}").json()
    assert seen["reactions"] == [{"emoji": "👍", "count": 1, "me": False}]
    assert bob.delete(path(sent["id"], "👍")).json()["reactions"] == []
    assert bob.delete(path(sent["id"], "👍")).status_code == 200


def test_who_reacted_is_visible(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    room = ada.room(bob)
    sent = ada.say(room)
    for who in (ada, bob):
        who.call("PUT", path(sent["id"], "❤️"))
    found = ada.get(f"/api/v1/messages/{sent['id']}/reactions").json()
    assert set(found) == PAGE
    assert [(one["emoji"], one["user"]["id"]) for one in found["items"]] == [
        ("❤️", ada.id),
        ("❤️", bob.id),
    ]
    assert all(is_time(one["created_at"]) for one in found["items"])
    assert set(found["items"][0]["user"]) == USER


def test_bad_reactions_are_refused(api: Caller) -> None:
    ada, eve = api.person(), api.person("eve")
    room, public = ada.room(), ada.room(public=True)
    sent, shown = ada.say(room), ada.say(public)
    invalid(ada.call("PUT", path(sent["id"], "no")), "body", "emoji")
    invalid(ada.call("PUT", path(sent["id"], "👍👍")), "body", "emoji")
    refused(eve.call("PUT", path(sent["id"], "👍")), 404, "not_found")
    refused(eve.call("PUT", path(shown["id"], "👍")), 403, "not_member")
    refused(api.call("PUT", path(sent["id"], "👍")), 401, "unauthenticated")
    ada.delete(f"/api/v1/messages/{sent['id']}")
    refused(ada.call("PUT", path(sent["id"], "👍")), 410, "gone")
