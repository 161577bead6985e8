"""Files over HTTP: uploaded, sent, fetched by who may, and by nobody else."""

import hashlib
from typing import Any

import httpx
import pytest

from tests.http.shapes import NOBODY, invalid, refused
from tests.support.client import Caller
from tests.support.pictures import (
    FILES,
    animation,
    bomb,
    opened,
    photo,
    picture,
    upload,
    uploaded,
)

ALL = "/api/v1/conversations"
EXECUTABLE = b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + b"\x90" * 4_000
SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + SCRIPT + b"</svg>"


def messages_of(room: str) -> str:
    return f"{ALL}/{room}/messages"


def send(person: Caller, room: str, *files: Any, **more: Any) -> httpx.Response:
    body = {"content": "", "attachment_ids": [file["id"] for file in files], **more}
    return person.post(messages_of(room), **body)


def sent(person: Caller, room: str, *files: Any, **more: Any) -> Any:
    answer = send(person, room, *files, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.on_mariadb
def test_a_picture_is_uploaded_sent_and_fetched(api: Caller) -> None:
    ada, bob = api.person("ada"), api.person("bob")
    room = ada.room(bob)
    data = picture()
    file = uploaded(ada, "两色.png", data)
    assert file == {
        "id": file["id"],
        "file_name": "两色.png",
        "file_size": len(data),
        "mime_type": "image/png",
        "width": 900,
        "height": 300,
        "url": f"{FILES}/{file['id']}/content",
        "thumbnail_url": f"{FILES}/{file['id']}/thumbnail",
    }
    message = sent(ada, room, file)
    assert (message["type"], message["content"]) == ("image", "")
    assert message["attachments"] == [file]
    page = bob.get(messages_of(room)).json()
    assert page["items"][-1]["attachments"] == [file]
    fetched = bob.get(file["url"])
    assert fetched.status_code == 200
    assert fetched.content == data
    assert fetched.headers["content-type"] == "image/png"
    assert fetched.headers["content-disposition"].startswith("inline;")
    assert fetched.headers["etag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    small = bob.get(file["thumbnail_url"])
    assert small.headers["content-type"] == "image/webp"
    assert opened(small.content).size == (640, 213)


@pytest.mark.on_mariadb
def test_only_members_fetch_and_only_as_long_as_they_are(api: Caller) -> None:
    ada, bob, eve = (api.person(name) for name in ("ada", "bob", "eve"))
    room, elsewhere = ada.room(bob), eve.room()
    file = uploaded(ada)
    own = uploaded(eve)
    sent(eve, elsewhere, own)
    assert eve.get(own["url"]).status_code == 200  # eve is there, and fetches what is hers
    for path in (file["url"], file["thumbnail_url"]):
        assert ada.get(path).status_code == 200
        refused(bob.get(path), 404, "not_found")  # not sent yet
        refused(api.get(path), 401, "unauthenticated")
    sent(ada, room, file)
    for path in (file["url"], file["thumbnail_url"]):
        assert bob.get(path).status_code == 200
        refused(eve.get(path), 404, "not_found")
    assert ada.delete(f"{ALL}/{room}/members/{bob.id}").status_code == 204
    refused(bob.get(file["url"]), 404, "not_found")
    refused(bob.get(file["thumbnail_url"]), 404, "not_found")
    assert ada.get(file["url"]).status_code == 200


def test_a_public_room_shows_its_files_to_members_only(api: Caller) -> None:
    ada, eve = api.person("ada"), api.person("eve")
    room = ada.room(public=True)
    file = uploaded(ada)
    sent(ada, room, file)
    refused(eve.get(file["url"]), 404, "not_found")
    assert eve.post(f"{ALL}/{room}/join").status_code == 200
    assert eve.get(file["url"]).status_code == 200


@pytest.mark.on_mariadb
def test_a_recalled_message_takes_its_files_with_it(api: Caller) -> None:
    ada, bob, eve = (api.person(name) for name in ("ada", "bob", "eve"))
    file = uploaded(ada)
    room = ada.room(bob)
    message = sent(ada, room, file, content="Look")
    assert ada.delete(f"/api/v1/messages/{message['id']}").status_code == 204
    for person in (ada, bob):
        refused(person.get(file["url"]), 410, "gone")
    refused(eve.get(file["url"]), 404, "not_found")
    seen = bob.get(messages_of(room)).json()["items"][-1]
    assert (seen["content"], seen["attachments"]) == ("", [])
    invalid(send(ada, room, file), "body", "attachment_ids")


@pytest.mark.on_mariadb
def test_a_file_is_sent_once_by_who_uploaded_it(api: Caller) -> None:
    ada, bob = api.person("ada"), api.person("bob")
    room = ada.room(bob)
    file = uploaded(ada)
    invalid(send(bob, room, file), "body", "attachment_ids")
    first = sent(ada, room, file, client_id="one")
    again = send(ada, room, file, client_id="one")
    assert (again.status_code, again.json()) == (200, first)
    invalid(send(ada, room, file, client_id="two"), "body", "attachment_ids")
    invalid(send(ada, room, {"id": NOBODY}), "body", "attachment_ids")
    many = [{"id": NOBODY}] * 11
    invalid(send(ada, room, *many), "body", "attachment_ids")


def test_the_type_of_a_message_is_that_of_its_files(api: Caller) -> None:
    ada = api.person()
    room = ada.room()
    note = uploaded(ada, "note.txt", "你好\n".encode())
    both = sent(ada, room, uploaded(ada), note, content="Two")
    assert both["type"] == "file"
    assert [file["mime_type"] for file in both["attachments"]] == ["image/png", "text/plain"]
    plan = uploaded(ada, "plan.pdf", b"%PDF-1.7\n" + bytes(100))
    invalid(send(ada, room, plan, type="image"), "body", "type")
    assert sent(ada, room, plan, type="text", content="Read")["type"] == "text"
    vector = uploaded(ada, "drawing.svg", SVG)
    invalid(send(ada, room, vector, type="image"), "body", "type")
    assert sent(ada, room, vector)["type"] == "file"
    invalid(ada.post(messages_of(room), content=""), "body", "content")
    answer = ada.patch(f"/api/v1/messages/{both['id']}", content="")
    assert (answer.status_code, answer.json()["content"]) == (200, "")


# What one could be harmed by -------------------------------------------------------------------


def saved(person: Caller, file: Any) -> httpx.Response:
    """A file as it is fetched, which must be one that browsers only save."""
    answer = person.get(file["url"])
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("private")
    return answer


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.jpg", EXECUTABLE),
        ("picture.svg", SVG),
        ("picture.png", SVG),
        ("page.html", b"<!DOCTYPE html><html>" + SCRIPT),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + SCRIPT),
        ("script.js", b"\x7fELF" + bytes(100)),
    ],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_a_browser_could_run_is_only_ever_saved(api: Caller, name: str, data: bytes) -> None:
    ada = api.person()
    answer = upload(ada, name, data, "image/png")
    assert answer.status_code == 201
    file = answer.json()
    assert file["mime_type"] not in ("image/png", "image/jpeg")
    assert file["thumbnail_url"] is None
    fetched = saved(ada, file)
    assert fetched.content == data
    assert fetched.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_picture_that_is_huge_once_decoded_is_kept_without_a_thumbnail(api: Caller) -> None:
    ada = api.person()
    data = bomb()
    file = uploaded(ada, "white.png", data)
    assert (file["width"], file["height"], file["thumbnail_url"]) == (20_000, 20_000, None)
    assert ada.get(file["url"]).content == data
    refused(ada.get(f"{FILES}/{file['id']}/thumbnail"), 404, "not_found")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_truncated_picture_is_kept_as_it_is(api: Caller) -> None:
    ada = api.person()
    data = picture("JPEG")[:-1_000]
    file = uploaded(ada, "half.jpg", data)
    assert (file["mime_type"], file["width"], file["height"]) == ("image/jpeg", 900, 300)
    assert file["thumbnail_url"] is None
    assert ada.get(file["url"]).content == data


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_photo_is_turned_and_does_not_tell_where_it_was_made(api: Caller) -> None:
    ada = api.person()
    data = photo()
    assert opened(data).getexif().get_ifd(0x8825)
    file = uploaded(ada, "photo.jpg", data)
    assert (file["width"], file["height"]) == (300, 900)
    original = opened(ada.get(file["url"]).content)
    assert dict(original.getexif()) == {0x0112: 6}
    assert original.tobytes() == opened(data).tobytes()
    small = opened(ada.get(file["thumbnail_url"]).content)
    assert (small.size, dict(small.getexif())) == ((213, 640), {})
    red, _, blue = small.convert("RGB").getpixel((100, 10))
    assert red > 200 > 60 > blue


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_animations_go_on_moving(api: Caller, kind: str) -> None:
    ada = api.person()
    data = animation(kind)
    file = uploaded(ada, "three", data)
    assert file["mime_type"] == f"image/{kind.lower()}"
    fetched = ada.get(file["url"])
    assert fetched.content == data
    assert opened(fetched.content).n_frames == 3
    assert opened(ada.get(file["thumbnail_url"]).content).size == (80, 60)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("two\r\nSet-Cookie: a=b\r\n.txt", "twoSet-Cookie_ a=b.txt"),
        ("计划 🎉.txt", "计划 🎉.txt"),
        ("..", "file"),
        ("x" * 500 + ".txt", "x" * 196 + ".txt"),
        ('say "hi".txt', "say _hi_.txt"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
    ],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_names_are_one_line_without_a_path(api: Caller, given: str, shown: str) -> None:
    ada = api.person()
    file = uploaded(ada, given, b"text")
    assert file["file_name"] == shown
    header = saved(ada, file).headers["content-disposition"]
    assert header.isascii()
    assert "set-cookie" not in saved(ada, file).headers


# Parts of a file -------------------------------------------------------------------------------


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_part_of_a_file_is_fetched(api: Caller) -> None:
    ada = api.person()
    data = bytes(range(256)) * 4
    file = uploaded(ada, "bytes", data)
    for asked, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=1000-", 1000, 1024),
        ("bytes=-24", 1000, 1024),
        ("bytes=500-9999", 500, 1024),
    ):
        answer = ada.call("GET", file["url"], headers={"Range": asked})
        assert answer.status_code == 206
        assert answer.content == data[start:stop]
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/1024"
    beyond = ada.call("GET", file["url"], headers={"Range": "bytes=1024-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */1024")
    tag = beyond.headers["x-request-id"]
    old = ada.call("GET", file["url"], headers={"Range": "bytes=0-0", "If-Range": f'"{tag}"'})
    assert (old.status_code, old.content) == (200, data)
    known = ada.call("GET", file["url"], headers={"If-None-Match": old.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = ada.call("HEAD", file["url"])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "1024"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_empty_file_is_a_file(api: Caller) -> None:
    ada = api.person()
    file = uploaded(ada, "empty.txt", b"")
    assert (file["file_size"], saved(ada, file).content) == (0, b"")
