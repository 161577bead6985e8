"""Search over HTTP."""

from tests.http.shapes import MESSAGE, PAGE, invalid, refused
from tests.support.client import Caller

SEARCH = "/api/v1/search"


def test_one_finds_what_one_may_see(api: Caller) -> None:
    ada, bob, eve = api.person(), api.person("bob"), api.person("eve")
    room, own = ada.room(bob), ada.room()
    sent = [ada.say(room, "我们去吃火锅 together"), ada.say(own, "火锅 recipe, together")]
    both = ada.get(SEARCH, q="火锅 toge").json()
    assert set(both) == PAGE
    assert set(both["items"][0]) == MESSAGE
    assert [one["id"] for one in both["items"]] == [sent[1]["id"], sent[0]["id"]]
    one = ada.get(SEARCH, q="火锅", limit=1).json()
    following = ada.get(SEARCH, q="火锅", cursor=one["next_cursor"]).json()
    assert [message["id"] for message in following["items"]] == [sent[0]["id"]]
    assert following["next_cursor"] is None
    there = ada.get(SEARCH, q="火锅", conversation_id=own).json()
    assert [message["id"] for message in there["items"]] == [sent[1]["id"]]
    assert len(bob.get(SEARCH, q="火锅").json()["items"]) == 1
    assert eve.get(SEARCH, q="火锅").json() == {"items": [], "next_cursor": None}


def test_bad_searches_are_refused(api: Caller) -> None:
    ada, eve = api.person(), api.person("eve")
    room = ada.room()
    invalid(ada.get(SEARCH), "query", "q")
    invalid(ada.get(SEARCH, q=""), "query", "q")
    invalid(ada.get(SEARCH, q="x" * 201), "query", "q")
    invalid(ada.get(SEARCH, q="x", conversation_id="y"), "query", "conversation_id")
    refused(ada.get(SEARCH, q="x", cursor="x"), 422, "invalid")
    refused(eve.get(SEARCH, q="x", conversation_id=room), 404, "not_found")
    refused(api.get(SEARCH, q="x"), 401, "unauthenticated")
