"""Invites over HTTP."""

from concurrent.futures import ThreadPoolExecutor

from tests.http.shapes import INVITE, NOBODY, PAGE, invalid, refused
from tests.support.client import PASSWORD, Caller, unique
from tests.support.serving import Make

PATH = "/api/v1/invites"
REGISTER = "/api/v1/auth/register"


def test_an_invite_is_a_link_to_this_server(admin: Caller) -> None:
    answer = admin.post(PATH, uses=3)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert set(made) == INVITE
    assert made["url"] == f"{str(admin.http.base_url).rstrip('/')}/register?invite={made['code']}"
    assert (made["uses"], made["expires_at"], made["conversation_id"]) == (3, None, None)
    elsewhere = {"Host": "chat.example", "X-Forwarded-Proto": "https"}
    page = admin.call("GET", PATH, headers=elsewhere).json()
    assert set(page) == PAGE
    found = next(item for item in page["items"] if item["id"] == made["id"])
    assert found["url"] == f"https://chat.example/register?invite={made['code']}"


def test_registering_by_it_counts_and_leads_into_the_room(admin: Caller, api: Caller) -> None:
    room = admin.room()
    made = admin.post(PATH, uses=1, conversation_id=room).json()
    bob = api.person("bob", invite=made["code"])
    assert bob.get(f"/api/v1/conversations/{room}").status_code == 200
    body = {"username": unique("eve"), "password": PASSWORD, "invite": made["code"]}
    refused(api.post(REGISTER, **body), 403, "forbidden")
    left = {item["id"]: (item["uses"], item["used"]) for item in admin.get(PATH).json()["items"]}
    assert left[made["id"]] == (0, 1)
    assert admin.delete(f"{PATH}/{made['id']}").status_code == 204
    refused(admin.delete(f"{PATH}/{made['id']}"), 404, "not_found")


def test_invites_are_for_admins(api: Caller, admin: Caller) -> None:
    ada = api.person()
    refused(ada.get(PATH), 403, "forbidden")
    refused(ada.post(PATH), 403, "forbidden")
    refused(ada.delete(f"{PATH}/{NOBODY}"), 403, "forbidden")
    refused(api.get(PATH), 401, "unauthenticated")
    invalid(admin.post(PATH, uses=0), "body", "uses")
    invalid(admin.post(PATH, expires_at="2001-01-01T00:00:00Z"), "body", "expires_at")
    refused(admin.post(PATH, conversation_id=ada.room()), 404, "not_found")


def test_twenty_who_race_for_one_invite_where_registration_is_by_invite(make_server: Make) -> None:
    import httpx

    server = make_server(TRIALOGUE_REGISTRATION="invite").start()
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as http:
        api = Caller(http)
        ada = api.person()  # the first account needs no invite
        made = ada.post(PATH, uses=1).json()
        body = {"username": unique("bob"), "password": PASSWORD}
        refused(api.post(REGISTER, **body), 403, "forbidden")

        def attempt(number: int) -> int:
            account = {"username": f"racer{number}", "password": PASSWORD}
            return api.post(REGISTER, **account, invite=made["code"]).status_code

        with ThreadPoolExecutor(20) as pool:
            assert sorted(pool.map(attempt, range(20))) == [201] + [403] * 19
    assert server.faults() == []
