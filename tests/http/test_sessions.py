"""Sessions over HTTP."""

from tests.http.shapes import NOBODY, PAGE, SESSION, is_time, refused
from tests.support.client import Caller

ALL = "/api/v1/conversations"


def test_posting_opens_a_session_and_a_person_ends_it(api: Caller) -> None:
    ada = api.person()
    room = ada.room()
    refused(ada.get(f"{ALL}/{room}/session"), 404, "not_found")
    message = ada.say(room)
    active = ada.get(f"{ALL}/{room}/session").json()
    assert set(active) == SESSION
    assert (active["id"], active["state"]) == (message["session_id"], "active")
    assert (active["message_count"], active["ended_at"]) == (1, None)
    assert is_time(active["started_at"])
    ended = ada.post(f"/api/v1/sessions/{active['id']}/end")
    assert ended.status_code == 200
    assert (ended.json()["state"], is_time(ended.json()["ended_at"])) == ("closed", True)
    assert ada.get(f"/api/v1/sessions/{active['id']}").json() == ended.json()
    refused(ada.get(f"{ALL}/{room}/session"), 404, "not_found")


def test_a_person_begins_a_session(api: Caller) -> None:
    ada = api.person()
    room = ada.room()
    old = ada.say(room)["session_id"]
    made = ada.post(f"{ALL}/{room}/sessions")
    assert made.status_code == 201
    assert set(made.json()) == SESSION
    assert ada.say(room)["session_id"] == made.json()["id"]
    found = ada.get(f"{ALL}/{room}/sessions").json()
    assert set(found) == PAGE
    assert [(one["id"], one["state"]) for one in found["items"]] == [
        (made.json()["id"], "active"),
        (old, "closed"),
    ]


def test_sessions_are_for_members(api: Caller) -> None:
    ada, eve = api.person(), api.person("eve")
    room = ada.room()
    session = ada.say(room)["session_id"]
    for refusal in (
        eve.get(f"{ALL}/{room}/session"),
        eve.get(f"{ALL}/{room}/sessions"),
        eve.post(f"{ALL}/{room}/sessions"),
        eve.get(f"/api/v1/sessions/{session}"),
        eve.post(f"/api/v1/sessions/{session}/end"),
        ada.get(f"/api/v1/sessions/{NOBODY}"),
    ):
        refused(refusal, 404, "not_found")
