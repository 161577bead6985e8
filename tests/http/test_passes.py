"""The cookie by which browsers look at files, and which opens nothing else."""

import httpx
import pytest

from tests.http.shapes import refused
from tests.support.client import Caller
from tests.support.pictures import FILES, uploaded


def pass_of(answer: httpx.Response) -> str:
    """The cookie of files that came with a login."""
    lines = [each for each in answer.headers.get_list("set-cookie") if "trialogue_files" in each]
    assert len(lines) == 1
    assert "HttpOnly" in lines[0]
    assert "SameSite=strict" in lines[0]
    assert f"Path={FILES}" in lines[0]
    return lines[0].partition(";")[0]


@pytest.mark.on_mariadb
def test_a_browser_looks_at_files_by_cookie_until_its_login_ends(api: Caller) -> None:
    ada = api.person("ada")
    file = uploaded(ada)
    answer = api.post("/api/v1/auth/login", username=ada.name, password="correct horse")
    cookie = {"Cookie": pass_of(answer)}
    login = Caller(api.http, answer.json())
    assert api.call("GET", file["url"], headers=cookie).status_code == 200
    assert api.call("GET", file["thumbnail_url"], headers=cookie).status_code == 200
    refused(
        api.call("POST", FILES, headers=cookie, files={"file": ("a", b"a")}), 401, "unauthenticated"
    )
    refused(api.call("GET", "/api/v1/users/me", headers=cookie), 401, "unauthenticated")
    token = cookie["Cookie"].partition("=")[2]
    bearer = {"Authorization": f"Bearer {token}"}
    refused(api.call("GET", file["url"], headers=bearer), 401, "unauthenticated")
    stolen = {"Cookie": f"trialogue_files={login.token}"}
    refused(api.call("GET", file["url"], headers=stolen), 401, "unauthenticated")
    gone = login.post("/api/v1/auth/logout")
    assert "trialogue_files=" in ",".join(gone.headers.get_list("set-cookie"))
    refused(api.call("GET", file["url"], headers=cookie), 401, "unauthenticated")
    assert ada.get(file["url"]).status_code == 200


def test_behind_tls_the_cookie_is_secure_and_two_cookies_are_told_apart(api: Caller) -> None:
    ada = api.person("ada")
    body = {"username": ada.name, "password": "correct horse"}
    for proto, secure in (("http", False), ("https", True)):
        headers = {"X-Forwarded-Proto": proto}
        answer = api.call("POST", "/api/v1/auth/login", json=body, headers=headers)
        lines = answer.headers.get_list("set-cookie")
        names = [each.partition("=")[0] for each in lines]
        assert names == ["trialogue_files", "trialogue_refresh"]
        assert ["Secure" in each for each in lines] == [secure, secure]


def test_a_refreshed_login_has_a_new_cookie_and_a_deactivated_account_none_that_holds(
    api: Caller, admin: Caller
) -> None:
    ada = api.person("ada")
    file = uploaded(ada)
    answer = api.post("/api/v1/auth/refresh", refresh_token=ada.grant["refresh_token"])
    cookie = {"Cookie": pass_of(answer)}
    assert api.call("GET", file["url"], headers=cookie).status_code == 200
    assert admin.patch(f"/api/v1/admin/users/{ada.id}", is_active=False).status_code == 200
    refused(api.call("GET", file["url"], headers=cookie), 401, "unauthenticated")
