"""The directory of people and their presence over HTTP."""

import pytest

from tests.http.shapes import ME, NOBODY, PAGE, USER, invalid, refused
from tests.support.client import Caller, unique

pytestmark = pytest.mark.on_mariadb

USERS = "/api/v1/users"


def test_ones_own_account_holds_what_others_do_not_see(api: Caller) -> None:
    ada = api.person(email=f"{unique('ada')}@example.org")
    answer = ada.get(f"{USERS}/me")
    assert answer.status_code == 200
    assert set(answer.json()) == ME
    assert answer.json() == ada.grant["user"]


def test_others_are_seen_without_email_and_locale(api: Caller) -> None:
    ada, bob = api.person("ada", email=f"{unique('ada')}@example.org"), api.person("bob")
    for path in (f"{USERS}/{ada.id}", f"{USERS}/{ada.id.upper()}", f"{USERS}/{ada.id}"):
        answer = bob.get(path)
        assert answer.status_code == 200
        assert set(answer.json()) == USER
        assert answer.json().items() <= ada.grant["user"].items()


def test_the_directory_is_searched_by_username_and_display_name(api: Caller) -> None:
    mark = unique("q")
    ada = api.person(mark.upper(), display_name="李雷 100%_\\ sure")
    bob = api.person("bob", display_name=f"The great {mark}")
    found = ada.get(USERS, query=mark)
    assert set(found.json()) == PAGE
    assert all(set(user) == USER for user in found.json()["items"])
    assert {user["id"] for user in found.json()["items"]} == {ada.id, bob.id}
    for part in ("李雷", "100%_\\", "%_\\"):
        page = ada.get(USERS, query=part, limit=200).json()
        assert ada.id in [user["id"] for user in page["items"]]
    assert ada.get(USERS, query=unique("none")).json() == {"items": [], "next_cursor": None}


def test_the_directory_comes_in_pages_by_username(api: Caller) -> None:
    mark = unique("page")
    people = [api.person(f"{mark}-{number}") for number in range(5)]
    seen, cursor = [], None
    for _ in range(3):
        query = {"query": mark, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = people[0].get(USERS, **query).json()
        seen += [user["id"] for user in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [person.id for person in people]
    assert cursor is None


@pytest.mark.parametrize("cursor", ["x", "%%%", "W10", "WyJhIiwiYiJd", "é", "bnVsbA", "/w", "IjEi"])
def test_a_cursor_that_was_never_given_is_named(api: Caller, cursor: str) -> None:
    invalid(api.person().get(USERS, cursor=cursor), "query", "cursor")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", "", "9" * 6000])
def test_limits_are_1_to_200(api: Caller, limit: str) -> None:
    invalid(api.person().get(USERS, limit=limit), "query", "limit")


def test_a_search_may_not_hold_nul_nor_be_long(api: Caller) -> None:
    ada = api.person()
    invalid(ada.get(USERS, query="a\0"), "query", "query")
    invalid(ada.get(USERS, query="a" * 101), "query", "query")
    assert ada.get(f"{USERS}?query=%ED%A0%80%ff").status_code == 200


def test_whom_there_is_not_is_not_found(api: Caller) -> None:
    ada = api.person()
    for strange in (NOBODY, "x", "%00", "%ff", "me2", "1", "null", "a" * 3000, ada.id + "0"):
        refused(ada.get(f"{USERS}/{strange}"), 404, "not_found")


def test_who_has_no_socket_is_offline(api: Caller) -> None:
    ada, bob = api.person(), api.person("bob")
    assert ada.get("/api/v1/presence").json() == {"online": []}
    for ids in (f"{ada.id},{bob.id}", NOBODY, "", ","):
        assert ada.get("/api/v1/presence", user_ids=ids).json() == {"online": []}
    both = f"/api/v1/presence?user_ids={ada.id}&user_ids={bob.id}"
    assert ada.get(both).json() == {"online": []}


def test_presence_is_asked_of_at_most_200_people_by_their_ids(api: Caller) -> None:
    ada = api.person()
    many = ",".join([ada.id] * 200)
    assert ada.get("/api/v1/presence", user_ids=many).status_code == 200
    invalid(ada.get("/api/v1/presence", user_ids=f"{many},{ada.id}"), "query", "user_ids")
    for strange in ("x", "a\0", ada.name):
        invalid(ada.get("/api/v1/presence", user_ids=strange), "query", "user_ids")


@pytest.mark.parametrize("path", ["users/me", "users", f"users/{NOBODY}", "presence"])
def test_without_a_token_nobody_is_shown(api: Caller, path: str) -> None:
    refused(api.get(f"/api/v1/{path}"), 401, "unauthenticated")


def test_ones_own_account_is_changed(api: Caller) -> None:
    ada = api.person()
    name, email = unique("ada"), f"{unique('ada')}@example.org"
    answer = ada.patch(
        f"{USERS}/me",
        display_name="Ada 爱达",
        username=name,
        email=email,
        avatar_url="https://example.org/ada.png",
        locale="zh-Hans",
        time_zone="Europe/Zurich",
    )
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert set(changed) == ME
    assert changed["display_name"] == "Ada 爱达"
    assert (changed["username"], changed["email"]) == (name, email)
    assert (changed["locale"], changed["time_zone"]) == ("zh-Hans", "Europe/Zurich")
    assert ada.get(f"{USERS}/me").json() == changed
    cleared = ada.patch(f"{USERS}/me", avatar_url=None, time_zone=None).json()
    assert (cleared["avatar_url"], cleared["time_zone"]) == (None, None)
    assert cleared["locale"] == "zh-Hans"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("avatar_url", "http://example.org/a.png"),
        ("avatar_url", "data:image/png;base64,AAAA"),
        ("time_zone", "Mars/Olympus"),
        ("locale", "klingon language"),
        ("email", "nobody"),
        ("username", "all"),
        ("display_name", "  "),
        ("display_name", "a\0b"),
        ("role", "owner"),
        ("is_active", False),
    ],
)
def test_what_a_profile_cannot_hold_is_refused(api: Caller, field: str, value: object) -> None:
    invalid(api.person().patch(f"{USERS}/me", **{field: value}), "body", field)


def test_names_of_others_cannot_be_taken(api: Caller) -> None:
    ada, bob = api.person("ada"), api.person("bob")
    refused(bob.patch(f"{USERS}/me", username=ada.name.upper()), 409, "username_taken")
    refused(api.patch(f"{USERS}/me", display_name="x"), 401, "unauthenticated")
