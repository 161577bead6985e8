"""Accounts and logins over HTTP: shapes, cookies, every way to be refused."""

from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest

from tests.http.shapes import GRANT, ME, invalid, is_id, is_time, refused
from tests.support.client import PASSWORD, PATIENCE, Caller, unique

pytestmark = pytest.mark.on_mariadb

REGISTER = "/api/v1/auth/register"
LOGIN = "/api/v1/auth/login"
TOKEN = "/api/v1/auth/token"
REFRESH = "/api/v1/auth/refresh"
LOGOUT = "/api/v1/auth/logout"
MONTH = 30 * 24 * 3600


def cookie(answer: httpx.Response) -> Any:
    """The refresh cookie that an answer sets."""
    lines = answer.headers.get_list("set-cookie")
    (line,) = (each for each in lines if each.startswith("trialogue_refresh="))
    return SimpleCookie(line)["trialogue_refresh"]


def check_grant(answer: httpx.Response, status: int, name: str) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    grant = answer.json()
    assert set(grant) == GRANT
    assert set(grant["user"]) == ME
    assert grant["user"]["username"] == name
    assert grant["token_type"] == "bearer"
    assert grant["expires_in"] == 15 * 60
    assert cookie(answer).value == grant["refresh_token"]
    return grant


def test_registering_answers_with_the_account_and_a_login(api: Caller) -> None:
    name = unique("ada")
    answer = api.post(
        REGISTER,
        username=name,
        password=PASSWORD,
        display_name="Ada 爱达 👋",
        email=f"{name}@example.org",
    )
    user = check_grant(answer, 201, name)["user"]
    assert is_id(user["id"])
    assert is_time(user["created_at"])
    assert user["display_name"] == "Ada 爱达 👋"
    assert user["email"] == f"{name}@example.org"
    assert user["locale"] is None
    assert user["avatar_url"] is None
    assert user["last_seen_at"] is None
    assert user["kind"] == "human"
    assert user["role"] in ("owner", "member")
    assert user["is_active"] is True
    assert user["online"] is False


def test_display_name_and_email_may_be_left_out(api: Caller) -> None:
    name = unique("bob")
    user = api.post(REGISTER, username=name, password=PASSWORD).json()["user"]
    assert user["display_name"] == name
    assert user["email"] is None


def test_the_refresh_cookie_is_out_of_reach_for_scripts_and_other_sites(api: Caller) -> None:
    morsel = cookie(api.post(REGISTER, username=unique("ada"), password=PASSWORD))
    assert morsel["httponly"] is True
    assert morsel["samesite"].lower() == "strict"
    assert morsel["path"] == "/api/v1/auth"
    assert int(morsel["max-age"]) == MONTH
    assert not morsel["domain"]
    assert not morsel["secure"]  # plain HTTP; see the next test


def test_behind_a_proxy_that_ends_tls_the_cookie_is_secure(api: Caller) -> None:
    body = {"username": unique("ada"), "password": PASSWORD}
    answer = api.call("POST", REGISTER, json=body, headers={"X-Forwarded-Proto": "https"})
    assert cookie(answer)["secure"] is True


def test_a_username_is_taken_without_regard_to_case_and_form(api: Caller) -> None:
    ada = api.person("Ädá")
    for same in (ada.name, ada.name.upper(), ada.name.lower(), ada.name.replace("Ä", "A\u0308")):
        answer = api.post(REGISTER, username=same, password=PASSWORD)
        refused(answer, 409, "username_taken")


def test_an_email_address_is_taken_without_regard_to_case(api: Caller) -> None:
    email = f"{unique('Ada')}@Example.org"
    api.person("ada", email=email)
    answer = api.post(REGISTER, username=unique("bob"), password=PASSWORD, email=email.upper())
    refused(answer, 409, "email_taken")


@pytest.mark.parametrize("name", ["李雷", "Ωmega", "x_.-1", "नमस्ते", "ab"])
def test_usernames_of_any_script_are_welcome(api: Caller, name: str) -> None:
    chosen = unique(name)
    check_grant(api.post(REGISTER, username=chosen, password=PASSWORD), 201, chosen)
    check_grant(api.post(LOGIN, username=chosen.upper(), password=PASSWORD), 200, chosen)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "a",
            "a" * 33,
            "a b",
            "a@b",
            "a/b",
            "a\n",
            "👋👋",
            "a\u200db",
            "a\u202eb",
            "\ufeffab",
        ),
        *("a\0b", "\ud800a", 5, None, ["ab"], "ﷺ" * 32),
    ],
)
def test_a_bad_username_is_named(api: Caller, name: Any) -> None:
    body = {"username": name, "password": PASSWORD}
    answer = api.call("POST", REGISTER, content=as_json(body), headers=JSON)
    invalid(answer, "body", "username")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257, "a\0bcdefgh", "\ud800bcdefgh", 1])
def test_a_bad_password_is_named_and_not_repeated(api: Caller, password: Any) -> None:
    body = {"username": unique("ada"), "password": password}
    answer = api.call("POST", REGISTER, content=as_json(body), headers=JSON)
    invalid(answer, "body", "password")
    assert not password or str(password) not in answer.text or password == 1


@pytest.mark.parametrize("password", ["12345678", "x" * 256, "密码密码密码密码", "👋" * 256])
def test_passwords_of_8_to_256_characters_work(api: Caller, password: str) -> None:
    name = unique("ada")
    check_grant(api.post(REGISTER, username=name, password=password), 201, name)
    check_grant(api.post(LOGIN, username=name, password=password), 200, name)


@pytest.mark.parametrize("email", ["x", "@x.y", "a@b", "a b@c.d", "a" * 250 + "@x.yy", "a\0@b.c"])
def test_a_bad_email_address_is_named(api: Caller, email: str) -> None:
    answer = api.post(REGISTER, username=unique("ada"), password=PASSWORD, email=email)
    invalid(answer, "body", "email")


@pytest.mark.parametrize("display_name", ["", "  ", "a\nb", "x" * 81, "a\0"])
def test_a_bad_display_name_is_named(api: Caller, display_name: str) -> None:
    answer = api.post(
        REGISTER, username=unique("ada"), password=PASSWORD, display_name=display_name
    )
    invalid(answer, "body", "display_name")


@pytest.mark.parametrize("path", [REGISTER, LOGIN, REFRESH])
def test_unknown_fields_are_refused(api: Caller, path: str) -> None:
    body = {"username": unique("ada"), "password": PASSWORD}
    known = {} if path == REFRESH else body
    invalid(api.post(path, **known, is_admin=True), "body", "is_admin")


def test_login_by_username_and_by_email_in_any_case(api: Caller) -> None:
    email = f"{unique('ada')}@example.org"
    ada = api.person("Ada", email=email)
    for name in (ada.name, ada.name.upper(), email, email.upper(), f" {email} "):
        grant = check_grant(api.post(LOGIN, username=name, password=PASSWORD), 200, ada.name)
        assert grant["user"] == ada.grant["user"]
        assert grant["refresh_token"] != ada.grant["refresh_token"]


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(api: Caller) -> None:
    ada = api.person()
    told = []
    for name, password in (
        (ada.name, "wrong password"),
        (ada.name, ""),
        (ada.name, "x" * 1024),
        (unique("nobody"), PASSWORD),
        ("@", "x"),
    ):
        problem = refused(
            api.post(LOGIN, username=name, password=password), 401, "invalid_credentials"
        )
        told.append(problem["detail"])
    assert len(set(told)) == 1


def test_the_oauth2_form_logs_in_too(api: Caller) -> None:
    ada = api.person()
    form = {"grant_type": "password", "username": ada.name, "password": PASSWORD, "scope": ""}
    check_grant(api.call("POST", TOKEN, data=form), 200, ada.name)
    del form["grant_type"], form["scope"]
    check_grant(api.call("POST", TOKEN, data=form), 200, ada.name)
    refused(
        api.call("POST", TOKEN, data={**form, "password": "wrong one"}), 401, "invalid_credentials"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "a\0b"), ("username", "a" * 400), ("password", "x" * 2000), ("password", "\0")],
)
def test_what_the_form_may_not_hold_is_named(api: Caller, field: str, value: str) -> None:
    form = {"username": "ada", "password": PASSWORD, field: value}
    invalid(api.call("POST", TOKEN, data=form), "body", field)


def test_an_incomplete_form_is_refused(api: Caller) -> None:
    invalid(api.call("POST", TOKEN, data={"username": "ada"}), "body", "password")
    invalid(api.call("POST", TOKEN, json={"username": "ada"}), "body", "password")


def test_a_refresh_token_from_the_body_yields_a_new_pair(api: Caller) -> None:
    ada = api.person()
    old = ada.grant["refresh_token"]
    grant = check_grant(api.post(REFRESH, refresh_token=old), 200, ada.name)
    assert grant["refresh_token"] != old
    assert grant["access_token"] != ada.token
    assert Caller(api.http, grant).get("/api/v1/users/me").status_code == 200
    assert ada.get("/api/v1/users/me").status_code == 200  # the same login


@pytest.mark.parametrize("body", [None, {}, {"refresh_token": None}])
def test_a_refresh_token_from_the_cookie_yields_a_new_pair(api: Caller, body: Any) -> None:
    ada = api.person()
    headers = {"Cookie": f"trialogue_refresh={ada.grant['refresh_token']}"}
    answer = api.call("POST", REFRESH, headers=headers, **({"json": body} if body else {}))
    check_grant(answer, 200, ada.name)


def test_a_spent_token_may_come_again_until_its_successor_is_used(api: Caller) -> None:
    ada = api.person()
    first = ada.grant["refresh_token"]
    second = api.post(REFRESH, refresh_token=first).json()["refresh_token"]
    third = check_grant(api.post(REFRESH, refresh_token=first), 200, ada.name)["refresh_token"]
    check_grant(api.post(REFRESH, refresh_token=third), 200, ada.name)
    refused(api.post(REFRESH, refresh_token=first), 401, "unauthenticated")
    # Whoever held the spent token may be a thief: the whole family is revoked.
    refused(api.post(REFRESH, refresh_token=second), 401, "unauthenticated")
    refused(ada.get("/api/v1/users/me"), 401, "unauthenticated")


@pytest.mark.parametrize("token", ["", "x", "trr_" + "a" * 43, "é", "x" * 256])
def test_an_unknown_refresh_token_is_refused(api: Caller, token: str) -> None:
    refused(api.post(REFRESH, refresh_token=token), 401, "unauthenticated")


def test_refreshing_without_a_token_is_refused(api: Caller) -> None:
    refused(api.post(REFRESH), 401, "unauthenticated")
    refused(api.call("POST", REFRESH), 401, "unauthenticated")
    refused(
        api.call("POST", REFRESH, headers={"Cookie": "trialogue_refresh="}), 401, "unauthenticated"
    )
    invalid(api.post(REFRESH, refresh_token="x" * 257), "body", "refresh_token")
    invalid(api.post(REFRESH, refresh_token=7), "body", "refresh_token")


def test_logging_out_refuses_all_tokens_of_this_login_at_once(api: Caller) -> None:
    ada = api.person()
    elsewhere = ada.log_in()
    answer = ada.post(LOGOUT)
    assert answer.status_code == 204
    assert answer.content == b""
    assert cookie(answer)["max-age"] == "0"
    assert cookie(answer)["path"] == "/api/v1/auth"
    refused(ada.get("/api/v1/users/me"), 401, "unauthenticated")
    refused(ada.post(LOGOUT), 401, "unauthenticated")
    refused(api.post(REFRESH, refresh_token=ada.grant["refresh_token"]), 401, "unauthenticated")
    assert elsewhere.get("/api/v1/users/me").status_code == 200


def test_the_refresh_cookie_alone_can_log_out(api: Caller) -> None:
    ada = api.person()
    headers = {"Cookie": f"trialogue_refresh={ada.grant['refresh_token']}"}
    assert api.call("POST", LOGOUT, headers=headers).status_code == 204
    refused(ada.get("/api/v1/users/me"), 401, "unauthenticated")


def test_logging_out_without_a_login_is_refused(api: Caller) -> None:
    refused(api.post(LOGOUT), 401, "unauthenticated")


@pytest.mark.parametrize(
    "header",
    [
        *("Bearer x", "Bearer", "Basic YTpi", "x", "bearer a.b.c", "Bearer " + "a" * 9000),
        "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.",
        "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
        ".eyJzdWIiOiJ4IiwibG9naW4iOiJ4IiwiZXhwIjo5OTk5OTk5OTk5fQ.",
    ],
)
def test_a_bad_access_token_is_refused_and_the_scheme_named(api: Caller, header: str) -> None:
    answer = api.call("GET", "/api/v1/users/me", headers={"Authorization": header})
    refused(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_with_one_changed_letter_is_refused(api: Caller) -> None:
    ada = api.person()
    head, body, signature = ada.token.split(".")
    swapped = "A" if signature[0] != "A" else "B"
    for forged in (f"{head}.{body}.{swapped}{signature[1:]}", f"{head}.{body}.", f"{head}.{body}"):
        headers = {"Authorization": f"Bearer {forged}"}
        refused(api.call("GET", "/api/v1/users/me", headers=headers), 401, "unauthenticated")


def test_a_closed_server_takes_its_first_account_and_no_other(make_server: Any) -> None:
    server = make_server(TRIALOGUE_REGISTRATION="closed").start()
    with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as http:
        body = {"username": "ada", "password": PASSWORD}
        first = http.post(REGISTER, json=body)
        assert first.json()["user"]["role"] == "owner"
        second = http.post(REGISTER, json={**body, "username": "bob"})
        refused(second, 403, "forbidden")
        assert http.post(LOGIN, json=body).status_code == 200


JSON = {"Content-Type": "application/json"}


def as_json(body: Any) -> bytes:
    """JSON in which everything beyond ASCII, lone surrogates too, is escaped."""
    import json

    return json.dumps(body).encode()
