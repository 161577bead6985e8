"""One's own logins and password over HTTP."""

from tests.http.shapes import LOGIN, NOBODY, PAGE, invalid, refused
from tests.support.client import PASSWORD, Caller

PATH = "/api/v1/auth/logins"
CHANGE = "/api/v1/auth/password"
NEW = "battery staple"


def test_logins_are_listed_with_where_they_are(api: Caller) -> None:
    ada = api.person()
    phone = Caller(api.http, ada.log_in().grant)
    page = phone.get(PATH, limit=1).json()
    assert set(page) == PAGE
    assert [set(item) for item in page["items"]] == [LOGIN]
    assert page["items"][0]["current"] is True
    assert page["items"][0]["address"] == "127.0.0.1"
    assert "httpx" in page["items"][0]["device"]
    rest = phone.get(PATH, cursor=page["next_cursor"]).json()
    assert [item["current"] for item in rest["items"]] == [False]
    assert rest["next_cursor"] is None


def test_a_login_is_ended_from_another(api: Caller) -> None:
    ada, bob = api.person("ada"), api.person("bob")
    other = ada.log_in()
    mine = next(item["id"] for item in other.get(PATH).json()["items"] if item["current"])
    refused(bob.delete(f"{PATH}/{mine}"), 404, "not_found")
    refused(ada.delete(f"{PATH}/{NOBODY}"), 404, "not_found")
    assert ada.delete(f"{PATH}/{mine}").status_code == 204
    refused(other.get(PATH), 401, "unauthenticated")
    assert ada.get(PATH).status_code == 200


def test_a_changed_password_ends_all_other_logins(api: Caller) -> None:
    ada = api.person()
    other = ada.log_in()
    wrong = ada.post(CHANGE, current_password="wrong one", new_password=NEW)
    refused(wrong, 401, "invalid_credentials")
    invalid(
        ada.post(CHANGE, current_password=PASSWORD, new_password="short"), "body", "new_password"
    )
    assert other.get(PATH).status_code == 200
    assert ada.post(CHANGE, current_password=PASSWORD, new_password=NEW).status_code == 204
    assert ada.get(PATH).status_code == 200
    refused(other.get(PATH), 401, "unauthenticated")
    login = {"username": ada.name, "password": PASSWORD}
    refused(api.post("/api/v1/auth/login", **login), 401, "invalid_credentials")
    assert api.post("/api/v1/auth/login", **{**login, "password": NEW}).status_code == 200
