"""Assistants over HTTP: all see them, admins make, change and remove them."""

from tests.http.shapes import NOBODY, PAGE, USER, invalid, is_id, is_time, refused
from tests.support.client import Caller, unique

ASSISTANT = {
    *("id", "user", "name", "instructions", "providers", "trigger", "context", "settings"),
    *("standard", "created_at"),
}
PATH = "/api/v1/assistants"


def test_a_provider_that_nobody_knows_is_named_and_refused(admin: Caller) -> None:
    made = admin.post(PATH, name=unique("Helper")).json()
    unknown = ["nope:x", "openai:one"]
    for answer in (
        admin.post(PATH, name="Helper", providers=unknown),
        admin.patch(f"{PATH}/{made['id']}", providers=unknown),
    ):
        invalid(answer, "body", "providers")
        assert "'nope'" in answer.text
    assert admin.get(f"{PATH}/{made['id']}").json()["providers"] == []


def test_there_is_a_default_one_from_the_start(api: Caller) -> None:
    found = api.person().get(PATH).json()
    assert set(found) == PAGE
    (standard,) = [each for each in found["items"] if each["standard"]]
    assert set(standard) == ASSISTANT
    assert set(standard["user"]) == USER
    assert standard["user"]["kind"] == "assistant"
    assert is_id(standard["id"])
    assert is_time(standard["created_at"])


def test_an_admin_makes_changes_and_removes_one(api: Caller, admin: Caller) -> None:
    name = unique("Helper")
    made = admin.post(
        PATH,
        name=name,
        instructions="Be brief.",
        providers=["openai:gpt-5", "demo"],
        trigger="mention",
        context={"messages": 5},
        settings={"temperature": 0.5},
    )
    assert made.status_code == 201, made.text
    assert set(made.json()) == ASSISTANT
    assert made.json()["context"] == {"messages": 5, "characters": 24_000, "summary": True}
    assert made.json()["settings"] == {"temperature": 0.5}
    path = f"{PATH}/{made.json()['id']}"
    changed = admin.patch(path, name="Doctor", trigger="always").json()
    assert (changed["name"], changed["user"]["display_name"]) == ("Doctor", "Doctor")
    assert (changed["trigger"], changed["instructions"]) == ("always", "Be brief.")
    ada = api.person()
    assert ada.get(path).json() == changed
    refused(ada.patch(path, name="Mine"), 403, "forbidden")
    refused(ada.post(PATH, name="Mine"), 403, "forbidden")
    refused(ada.delete(path), 403, "forbidden")
    assert admin.delete(path).status_code == 204
    refused(ada.get(path), 404, "not_found")


def test_bad_assistants_are_refused(admin: Caller) -> None:
    invalid(admin.post(PATH, name=""), "body", "name")
    invalid(admin.post(PATH, name="Helper", providers=["gpt"]), "body", "providers")
    invalid(admin.post(PATH, name="Helper", trigger="never"), "body", "trigger")
    invalid(admin.post(PATH, name="Helper", settings={"heat": 1}), "body", "settings", "heat")
    refused(admin.get(f"{PATH}/{NOBODY}"), 404, "not_found")
    (standard,) = [each for each in admin.get(PATH).json()["items"] if each["standard"]]
    refused(admin.delete(f"{PATH}/{standard['id']}"), 409, "conflict")


def test_a_conversation_with_nobody_named_is_with_the_default_one(api: Caller) -> None:
    ada = api.person()
    made = ada.post("/api/v1/conversations")
    assert made.status_code == 201, made.text
    assert (made.json()["kind"], made.json()["member_count"]) == ("assistant", 2)
