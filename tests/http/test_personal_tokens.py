"""Personal access tokens over HTTP: accepted where an access token is, but for managing."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.http.shapes import NOBODY, PAGE, PERSONAL_TOKEN, invalid, refused
from tests.support.client import PASSWORD, Caller

PATH = "/api/v1/auth/tokens"
ME = "/api/v1/users/me"


def with_token(person: Caller, token: str) -> Caller:
    return Caller(person.http, {**person.grant, "access_token": token})


def test_a_token_is_shown_once_and_goes_where_an_access_token_goes(api: Caller) -> None:
    ada = api.person()
    answer = ada.post(PATH, name="laptop")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert set(made) == PERSONAL_TOKEN | {"token"}
    assert made["expires_at"] is None
    script = with_token(ada, made["token"])
    assert script.get(ME).json()["id"] == ada.id
    room = script.room()
    assert script.say(room)["sender"]["id"] == ada.id
    page = ada.get(PATH).json()
    assert set(page) == PAGE
    assert [set(item) for item in page["items"]] == [PERSONAL_TOKEN]
    assert page["items"][0]["used_at"] is not None
    assert made["token"] not in ada.get(PATH).text


def test_a_revoked_token_is_refused_at_once(api: Caller) -> None:
    ada, bob = api.person("ada"), api.person("bob")
    made = ada.post(PATH, name="laptop").json()
    script = with_token(ada, made["token"])
    refused(bob.delete(f"{PATH}/{made['id']}"), 404, "not_found")
    refused(ada.delete(f"{PATH}/{NOBODY}"), 404, "not_found")
    assert ada.delete(f"{PATH}/{made['id']}").status_code == 204
    refused(script.get(ME), 401, "unauthenticated")
    assert ada.get(PATH).json()["items"] == []
    refused(with_token(ada, "trg_unknown").get(ME), 401, "unauthenticated")


def test_what_only_a_login_may_do(api: Caller) -> None:
    ada = api.person()
    made = ada.post(PATH, name="laptop").json()
    script = with_token(ada, made["token"])
    change = {"current_password": PASSWORD, "new_password": PASSWORD}
    for answer in (
        script.get(PATH),
        script.post(PATH, name="another"),
        script.delete(f"{PATH}/{made['id']}"),
        script.get("/api/v1/auth/logins"),
        script.post("/api/v1/auth/logout"),
        script.post("/api/v1/auth/password", **change),
    ):
        refused(answer, 403, "forbidden")
    assert script.get(ME).status_code == 200


NEVER = ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z"]


@pytest.mark.on_mariadb
@pytest.mark.parametrize(
    "when", ["2001-01-01T00:00:00Z", "2099-01-01T00:00:00", "soon", 4e9, *NEVER]
)
def test_an_expiry_is_a_time_to_come_with_a_zone(api: Caller, when: object) -> None:
    ada = api.person()
    invalid(ada.post(PATH, name="laptop", expires_at=when), "body", "expires_at")
    assert ada.get(PATH).json()["items"] == []


def test_an_expiry_is_kept(api: Caller) -> None:
    at = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    made = api.person().post(PATH, name="laptop", expires_at=at.isoformat()).json()
    assert datetime.fromisoformat(made["expires_at"]) == at
    invalid(api.person().post(PATH, name=" "), "body", "name")
