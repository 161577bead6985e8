"""User administration over HTTP."""

from tests.http.shapes import ACCOUNT, NOBODY, PAGE, RESET, invalid, refused
from tests.support.client import PASSWORD, Caller, unique

PATH = "/api/v1/admin/users"
ME = "/api/v1/users/me"


def test_admins_see_all_accounts_with_their_addresses(api: Caller, admin: Caller) -> None:
    email = f"{unique('ada')}@example.org"
    ada = api.person(email=email)
    page = admin.get(PATH, query=email.upper()).json()
    assert set(page) == PAGE
    assert [set(item) for item in page["items"]] == [ACCOUNT]
    assert page["items"][0]["email"] == email
    assert admin.get(f"{PATH}/{ada.id}").json() == page["items"][0]
    listed = admin.get(PATH, role="admin", state="active", limit=200).json()["items"]
    assert admin.id in [item["id"] for item in listed]
    assert {item["role"] for item in listed} == {"admin"}
    invalid(admin.get(PATH, state="asleep"), "query", "state")


def test_accounts_are_made_with_or_without_a_password(api: Caller, admin: Caller) -> None:
    name = unique("bob")
    answer = admin.post(PATH, username=name, password=PASSWORD, role="agent", display_name="Bob")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert set(made) == ACCOUNT | {"reset"}
    assert (made["role"], made["display_name"], made["reset"]) == ("agent", "Bob", None)
    login = {"username": name, "password": PASSWORD}
    assert api.post("/api/v1/auth/login", **login).status_code == 200
    linked = admin.post(PATH, username=unique("carol")).json()
    assert set(linked["reset"]) == RESET
    refused(admin.post(PATH, username=name.upper()), 409, "username_taken")
    refused(admin.post(PATH, username=unique("eve"), role="admin"), 403, "forbidden")
    invalid(admin.post(PATH, username="all"), "body", "username")


def test_a_deactivated_account_is_shut_out_at_once(api: Caller, admin: Caller) -> None:
    ada = api.person()
    token = ada.post("/api/v1/auth/tokens", name="script").json()["token"]
    script = Caller(api.http, {**ada.grant, "access_token": token})
    room = ada.room(admin)
    said = ada.say(room, "I was here")
    changed = admin.patch(f"{PATH}/{ada.id}", is_active=False).json()
    assert changed["is_active"] is False
    assert changed["deactivated_at"] is not None
    for caller in (ada, script):
        refused(caller.get(ME), 401, "unauthenticated")
    refused(
        api.post("/api/v1/auth/refresh", refresh_token=ada.grant["refresh_token"]),
        401,
        "unauthenticated",
    )
    login = {"username": ada.name, "password": PASSWORD}
    refused(api.post("/api/v1/auth/login", **login), 401, "invalid_credentials")
    refused(admin.post(f"{PATH}/{ada.id}/password"), 409, "conflict")
    assert admin.get(f"/api/v1/messages/{said['id']}").json()["content"] == "I was here"
    assert admin.patch(f"{PATH}/{ada.id}", is_active=True).json()["is_active"] is True
    assert api.post("/api/v1/auth/login", **login).status_code == 200
    refused(script.get(ME), 401, "unauthenticated")


def test_a_removed_account_leaves_its_messages(api: Caller, admin: Caller) -> None:
    ada = api.person()
    room = ada.room(admin)
    said = ada.say(room, "I was here")
    direct = ada.post("/api/v1/conversations", kind="direct", user_id=admin.id).json()["id"]
    assert admin.delete(f"{PATH}/{ada.id}").status_code == 204
    refused(ada.get(ME), 401, "unauthenticated")
    sender = admin.get(f"/api/v1/messages/{said['id']}").json()["sender"]
    assert (sender["username"], sender["display_name"]) == (None, "Removed user")
    found = admin.get(f"/api/v1/conversations/{direct}").json()
    assert found["archived_at"] is not None
    members = admin.get(f"/api/v1/conversations/{room}/members").json()["items"]
    assert [(item["user"]["id"], item["role"]) for item in members] == [(admin.id, "owner")]
    refused(admin.get(f"{PATH}/{ada.id}"), 404, "not_found")
    refused(admin.patch(f"{PATH}/{ada.id}", is_active=True), 404, "not_found")
    again = {"username": ada.name, "password": PASSWORD}
    assert api.post("/api/v1/auth/register", **again).status_code == 201


def test_a_password_is_given_by_an_admin(api: Caller, admin: Caller) -> None:
    ada = api.person()
    path = f"{PATH}/{ada.id}/password"
    invalid(admin.post(path, new_password="short"), "body", "new_password")
    assert admin.post(path, new_password="battery staple").status_code == 204
    refused(ada.get(ME), 401, "unauthenticated")
    login = {"username": ada.name, "password": "battery staple"}
    assert api.post("/api/v1/auth/login", **login).status_code == 200
    bare = admin.call("POST", path)  # without any body: a link
    assert set(bare.json()) == RESET


def test_who_stands_too_low_is_refused(api: Caller, admin: Caller, owner: Caller) -> None:
    ada, bob = api.person("ada"), api.person("bob")
    for actor, target in ((ada, bob), (admin, owner)):
        refused(actor.patch(f"{PATH}/{target.id}", is_active=False), 403, "forbidden")
        refused(actor.delete(f"{PATH}/{target.id}"), 403, "forbidden")
        refused(actor.post(f"{PATH}/{target.id}/password"), 403, "forbidden")
        given = actor.post(f"{PATH}/{target.id}/password", new_password=PASSWORD)
        refused(given, 403, "forbidden")
    refused(ada.get(PATH), 403, "forbidden")
    refused(admin.patch(f"{PATH}/{ada.id}", role="admin"), 403, "forbidden")
    assert owner.patch(f"{PATH}/{ada.id}", role="admin").json()["role"] == "admin"
    assert ada.get(PATH).status_code == 200
    refused(owner.patch(f"{PATH}/{NOBODY}", role="admin"), 404, "not_found")
    invalid(owner.patch(f"{PATH}/{ada.id}", role="king"), "body", "role")
