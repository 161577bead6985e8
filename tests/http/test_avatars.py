"""Pictures of people and rooms over HTTP."""

from typing import Any

import httpx
import pytest

from tests.http.shapes import CONVERSATION, ME, refused
from tests.support.client import Caller
from tests.support.pictures import animation, bomb, opened, photo, picture

OWN = "/api/v1/users/me/avatar"


def put(person: Caller, path: str, data: bytes, name: str = "me.jpg") -> httpx.Response:
    return person.call("PUT", path, files={"file": (name, data)})


def of_room(room: str) -> str:
    return f"/api/v1/conversations/{room}/avatar"


def shown(person: Caller, about: Any) -> httpx.Response:
    answer = person.get(about["avatar_url"])
    assert answer.status_code == 200
    return answer


@pytest.mark.on_mariadb
def test_ones_own_picture_is_a_small_square_for_everyone_here(api: Caller) -> None:
    ada, bob = api.person("ada"), api.person("bob")
    answer = put(ada, OWN, photo())
    assert answer.status_code == 200
    me = answer.json()
    assert set(me) == ME
    assert me["avatar_url"].startswith("/api/v1/attachments/")
    assert bob.get(f"/api/v1/users/{ada.id}").json()["avatar_url"] == me["avatar_url"]
    seen = shown(bob, me)
    assert seen.headers["content-type"] == "image/webp"
    assert "immutable" in seen.headers["cache-control"]
    small = opened(seen.content)
    assert (small.size, dict(small.getexif())) == ((256, 256), {})
    refused(api.get(me["avatar_url"]), 401, "unauthenticated")
    refused(bob.get(me["avatar_url"].replace("avatar", "content")), 404, "not_found")
    other = put(ada, OWN, animation()).json()
    assert other["avatar_url"] != me["avatar_url"]
    refused(bob.get(me["avatar_url"]), 404, "not_found")
    assert ada.delete(OWN).json()["avatar_url"] is None
    refused(bob.get(other["avatar_url"]), 404, "not_found")


@pytest.mark.on_mariadb
def test_a_room_has_a_picture_by_its_admins(api: Caller) -> None:
    ada, bob, eve = (api.person(name) for name in ("ada", "bob", "eve"))
    room = ada.room(bob)
    refused(put(bob, of_room(room), picture()), 403, "forbidden")
    refused(put(eve, of_room(room), picture()), 404, "not_found")
    answer = put(ada, of_room(room), picture())
    assert (answer.status_code, set(answer.json())) == (200, CONVERSATION)
    page = bob.get("/api/v1/conversations").json()["items"]
    assert [each["avatar_url"] for each in page] == [answer.json()["avatar_url"]]
    assert shown(bob, page[0]).status_code == 200
    refused(bob.delete(of_room(room)), 403, "forbidden")
    assert ada.delete(of_room(room)).json()["avatar_url"] is None


@pytest.mark.parametrize(
    "data",
    [b"text", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture("JPEG")[:-2_000], bomb()],
    ids=["text", "svg", "truncated", "bomb"],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_is_no_sound_picture_is_refused(api: Caller, data: bytes) -> None:
    ada = api.person()
    refused(put(ada, OWN, data), 415, "unsupported_type")
    assert ada.get("/api/v1/users/me").json()["avatar_url"] is None


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_picture_of_more_than_ten_megabytes_is_refused(api: Caller) -> None:
    ada = api.person()
    for size in (10 * 1024 * 1024 + 1, 11 * 1024 * 1024):
        refused(put(ada, OWN, picture() + bytes(size)), 413, "too_large")
