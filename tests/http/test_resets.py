"""One-time links over HTTP."""

from tests.http.shapes import RESET, invalid, refused
from tests.support.client import PASSWORD, Caller

PATH = "/api/v1/auth/reset"
NEW = "battery staple"


def test_a_link_sets_the_password_once_and_ends_all_logins(api: Caller, admin: Caller) -> None:
    ada = api.person()
    answer = admin.post(f"/api/v1/admin/users/{ada.id}/password")
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == RESET
    base = str(admin.http.base_url).rstrip("/")
    page, _, token = answer.json()["url"].partition("?token=")
    assert page == f"{base}/reset"
    assert ada.get("/api/v1/users/me").status_code == 200
    invalid(api.post(PATH, token=token, new_password="short"), "body", "new_password")
    assert api.post(PATH, token=token, new_password=NEW).status_code == 204
    refused(ada.get("/api/v1/users/me"), 401, "unauthenticated")
    login = {"username": ada.name, "password": PASSWORD}
    refused(api.post("/api/v1/auth/login", **login), 401, "invalid_credentials")
    assert api.post("/api/v1/auth/login", **{**login, "password": NEW}).status_code == 200
    refused(api.post(PATH, token=token, new_password=NEW), 410, "gone")
    refused(api.post(PATH, token="trs_unknown", new_password=NEW), 410, "gone")
