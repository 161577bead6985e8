"""`POST /api/chat/{conversation_id}` and its history: a question in, its answer out."""

import pytest

from tests.http.shapes import NOBODY, is_id, is_time, refused
from tests.support.assisted import Answerer, Assisted
from tests.support.client import Caller
from tests.support.provider import fail, say


def conversation(person: Caller, helper: Answerer) -> str:
    made = person.post("/api/v1/conversations", assistant_id=helper.id)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.mark.on_mariadb
def test_a_question_gets_its_answer_and_both_are_kept(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Good ", "day")), assisted.person()
    where = conversation(ada, helper)
    answer = ada.post(f"/api/chat/{where}", message="Hello", user_id=ada.id, session="x")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["response"] == "Good day"
    assert is_id(told["message_id"])
    assert (told["conversation_id"], told["state"]) == (where, "done")
    found = ada.get(f"/api/chat/{where}/history").json()["messages"]
    assert [(one["content"], one["is_user"]) for one in found] == [
        ("Hello", True),
        ("Good day", False),
    ]
    assert found[1]["id"] == told["message_id"]
    assert all(is_time(one["created_at"]) for one in found)
    assert ada.get(f"/api/v1/messages/{told['message_id']}").json()["content"] == "Good day"


def test_history_leaves_out_what_does_not_stand_and_pages_backwards(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(), assisted.person()
    where = conversation(ada, helper)
    for text in ("one", "two"):
        assert ada.post(f"/api/chat/{where}", message=text).status_code == 200
    path = f"/api/chat/{where}/history"
    everything = ada.get(path).json()
    assert everything["has_more"] is False
    assert [one["content"] for one in everything["messages"]][::2] == ["one", "two"]
    newest = ada.get(path, limit=1).json()
    assert newest["has_more"] is True
    (last,) = newest["messages"]
    before = ada.get(path, before=last["seq"]).json()["messages"]
    assert [one["id"] for one in before] == [one["id"] for one in everything["messages"]][:-1]
    assert ada.delete(f"/api/v1/messages/{before[0]['id']}").status_code == 204
    assert before[0]["id"] not in [one["id"] for one in ada.get(path).json()["messages"]]


@pytest.mark.parametrize(
    "body", ["{x", "", "[]", "null", "{}", '{"message": ""}', '{"message": " "}', '{"message": 1}']
)
def test_a_message_that_is_missing_or_empty_is_a_bad_request(assisted: Assisted, body: str) -> None:
    helper, ada = assisted.answerer(), assisted.person()
    where = conversation(ada, helper)
    headers = {"Content-Type": "application/json"}
    answer = ada.call("POST", f"/api/chat/{where}", content=body, headers=headers)
    refused(answer, 400, "bad_request")
    assert ada.get(f"/api/chat/{where}/history").json()["messages"] == []


def test_one_asks_in_ones_own_name_where_one_is_a_member(assisted: Assisted) -> None:
    helper, ada, bob = assisted.answerer(), assisted.person("ada"), assisted.person("bob")
    where = conversation(ada, helper)
    refused(ada.post(f"/api/chat/{where}", message="x", user_id=bob.id), 403, "forbidden")
    refused(bob.post(f"/api/chat/{where}", message="x"), 404, "not_found")
    refused(bob.get(f"/api/chat/{where}/history"), 404, "not_found")
    for unknown in (NOBODY, "x"):
        refused(ada.post(f"/api/chat/{unknown}", message="x"), 404, "not_found")
        refused(ada.get(f"/api/chat/{unknown}/history"), 404, "not_found")
    stranger = Caller(ada.http)
    refused(stranger.post(f"/api/chat/{where}", message="x"), 401, "unauthenticated")
    refused(stranger.get(f"/api/chat/{where}/history"), 401, "unauthenticated")
    assert assisted.asked(helper) == []


def test_where_no_assistant_answers_it_is_a_conflict(assisted: Assisted) -> None:
    helper = assisted.answerer(trigger="mention")
    ada = assisted.person()
    alone = ada.room()
    refused(ada.post(f"/api/chat/{alone}", message="Hello"), 409, "conflict")
    assert ada.get(f"/api/chat/{alone}/history").json()["messages"] == []
    room = ada.room()
    added = ada.post(f"/api/v1/conversations/{room}/members", user_id=helper.user_id)
    assert added.status_code == 201, added.text
    refused(ada.post(f"/api/chat/{room}", message="Hello"), 409, "conflict")
    answer = ada.post(f"/api/chat/{room}", message=f"@{helper.username} hello")
    assert answer.status_code == 200, answer.text


def test_when_every_provider_fails_it_is_500(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(fail(503)), assisted.person()
    assisted.provider.queue(helper.second, fail(503))
    where = conversation(ada, helper)
    problem = refused(ada.post(f"/api/chat/{where}", message="Hello"), 500, "provider_failed")
    assert "No." not in problem["detail"]
    assert ada.get(f"/api/chat/{where}/history").json()["messages"][-1]["state"] == "failed"
