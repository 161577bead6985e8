"""Files and whole servers: however large, however broken off, whoever dies meanwhile."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.conftest import open_http
from tests.http.shapes import refused
from tests.support.buckets import serving
from tests.support.client import Caller, Stage
from tests.support.pictures import FILES, bomb, picture, uploaded
from tests.support.server import Server
from tests.support.serving import Make
from tests.support.stored import age, left

MEGABYTE = 1024 * 1024
PIECE = bytes(MEGABYTE)
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
FORM = "multipart/form-data; boundary=x"


def memory(server: Server, what: str = "VmHWM") -> int:
    """Bytes of memory of a server: by default the most it has ever had."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) * 1024


def body(megabytes: int) -> Iterator[bytes]:
    """A file of so many megabytes as a form, made as it is sent."""
    yield HEAD
    for _ in range(megabytes):
        yield PIECE
    yield b"\r\n--x--\r\n"


def send(ada: Caller, megabytes: int) -> Any:
    return ada.call("POST", FILES, content=body(megabytes), headers={"Content-Type": FORM})


async def test_files_are_sent_over_the_socket_too(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob, eve = await stage.people("ada", "bob", "eve")
        room = await ada.room(bob)
        answer = await ada.call("POST", FILES, files={"file": ("two.png", picture())})
        file = answer.json()
        async with ada.socket() as mine, bob.socket() as theirs, eve.socket() as others:
            sent = await mine.done(
                "messages.send", conversation_id=room, content="", attachment_ids=[file["id"]]
            )
            assert (sent["type"], sent["attachments"]) == ("image", [file])
            heard = await theirs.expect("message.created", id=sent["id"])
            assert heard["data"]["attachments"] == [file]
            again = await mine.ask(
                "messages.send", conversation_id=room, content="", attachment_ids=[file["id"]]
            )
            assert again["error"]["code"] == "invalid"
            assert others.about(room) == []
            assert await others.settled() == others.events()
        assert (await bob.call("GET", file["url"])).content == picture()
        assert (await eve.call("GET", file["url"])).status_code == 404


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_large_upload_and_download_take_no_memory(lone_server: Server) -> None:
    with open_http(lone_server) as http:
        ada = Caller(http).person()
        uploaded(ada, "warm.png", picture())
        assert send(ada, 1).status_code == 201
        before = memory(lone_server)
        answer = send(ada, 99)
        assert answer.status_code == 201, answer.text
        file = answer.json()
        assert file["file_size"] == 99 * MEGABYTE
        read = 0
        headers = {"Authorization": f"Bearer {ada.token}"}
        with http.stream("GET", file["url"], headers=headers) as fetched:
            for piece in fetched.iter_raw():
                read += len(piece)
        assert read == 99 * MEGABYTE
        assert memory(lone_server) - before < 30 * MEGABYTE


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_picture_that_is_huge_once_decoded_takes_no_memory(lone_server: Server) -> None:
    with open_http(lone_server) as http:
        ada = Caller(http).person()
        uploaded(ada, "warm.png", picture())
        before = memory(lone_server)
        uploaded(ada, "bomb.png", bomb())
        assert memory(lone_server) - before < 30 * MEGABYTE


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("declared", [True, False])
def test_five_gigabytes_are_refused_early_and_leave_nothing(
    lone_server: Server, declared: bool
) -> None:
    """The client sends for as long as it is listened to, and counts how much that is."""
    gigabytes = 5 * 1024 * MEGABYTE
    with open_http(lone_server) as http:
        ada = Caller(http).person()
        uploaded(ada, "warm.txt", b"what the first one loads")
        kept, before = left(lone_server), memory(lone_server)
        head = begun(ada, gigabytes if declared else None)
        sent, status = pour(lone_server.address, head, gigabytes, chunked=not declared)
        assert status.startswith(b"HTTP/1.1 413")
        assert sent < (40 if declared else 200) * MEGABYTE
        assert left(lone_server) == kept
        assert memory(lone_server) - before < 30 * MEGABYTE
        assert uploaded(ada, "a.txt", b"still here")["file_size"] == 10


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_who_goes_on_after_a_file_that_is_too_large_is_not_listened_to(lone_server: Server) -> None:
    with open_http(lone_server) as http:
        ada = Caller(http).person()
        head = begun(ada, None)
        beyond = 100 * MEGABYTE + 32 * 1024  # of a file, and not yet of the body around it
        sent, status = pour(lone_server.address, head, 1024 * MEGABYTE, chunked=True, pause=beyond)
        assert status.startswith(b"HTTP/1.1 413")
        assert sent < 200 * MEGABYTE
        assert left(lone_server) == []


def begun(person: Caller, length: int | None) -> bytes:
    """The head of an upload, of so many bytes or of nobody knows how many."""
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    head = f"POST {FILES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {person.token}\r\n"
    return f"{head}Content-Type: {FORM}\r\n{size}\r\n\r\n".encode()


def pour(
    address: tuple[str, int], head: bytes, length: int, *, chunked: bool, pause: int = 0
) -> tuple[int, bytes]:
    """Send a body until an answer comes or the line is closed; how much was sent, the answer.
    After `pause` bytes the client waits for a moment."""
    sent = 0
    with socket.create_connection(address) as line:
        line.sendall(head)
        first = b"%x\r\n%b\r\n" % (len(HEAD), HEAD) if chunked else HEAD
        piece = b"%x\r\n%b\r\n" % (MEGABYTE, PIECE) if chunked else PIECE
        line.sendall(first)
        line.settimeout(60)
        try:
            while sent < length:
                if sent < pause < sent + MEGABYTE:
                    part = PIECE[: pause - sent]
                    line.sendall(b"%x\r\n%b\r\n" % (len(part), part))
                    time.sleep(1)  # sleep: the client's own pause
                line.sendall(piece)
                sent += MEGABYTE
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            answer = line.recv(4096)
        except ConnectionResetError:
            answer = b""
    return sent, answer


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_upload_that_is_broken_off_leaves_nothing(lone_server: Server) -> None:
    with open_http(lone_server) as http:
        ada = Caller(http).person()
        head = begun(ada, 9 * MEGABYTE)
        with socket.create_connection(lone_server.address) as line:
            line.sendall(head + HEAD + 2 * PIECE)
            wait_until(http, lambda: left(lone_server) != [])
        wait_until(http, lambda: left(lone_server) == [])
        refused(send(ada, 101), 413, "too_large")
        assert left(lone_server) == []


def wait_until(http: httpx.Client, condition: Callable[[], bool]) -> None:
    """Ask the server for a sign of life until a condition holds, for a minute at the most."""
    last = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < last
        assert http.get("/health/live").status_code == 200


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_server_cleans_up_what_its_death_left_behind(make_server: Make) -> None:
    server = make_server(TRIALOGUE_CLEANUP_INTERVAL="60").start()
    with open_http(server) as http:
        ada = Caller(http).person()
        kept = uploaded(ada, "kept.txt", b"kept")
        room = ada.room()
        ada.say(room, attachment_ids=[kept["id"]])
        head = begun(ada, 9 * MEGABYTE)
        with socket.create_connection(server.address) as line:
            line.sendall(head + HEAD + 2 * PIECE)
            wait_until(http, lambda: len(left(server)) == 2)
            server.kill()
        assert len(left(server)) == 2
        age(server)
        server.start()
        wait_until(http, lambda: left(server) == [kept["id"]])
        assert ada.get(kept["url"]).content == b"kept"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_server_keeps_its_files_in_a_bucket(make_server: Make) -> None:
    with serving() as buckets:
        bucket = buckets.make()
        server = make_server(TRIALOGUE_STORAGE=f"s3://{bucket}/chat", **buckets.settings).start()
        with open_http(server) as http:
            ada = Caller(http).person()
            file = uploaded(ada)
            assert ada.get(file["url"]).content == picture()
            assert ada.get(file["thumbnail_url"]).status_code == 200
            part = ada.call("GET", file["url"], headers={"Range": "bytes=1-3"})
            assert (part.status_code, part.content) == (206, b"PNG")
            large = send(ada, 20).json()
            assert len(ada.get(large["url"]).content) == 20 * MEGABYTE
            assert len(buckets.names(bucket)) == 3
            assert ada.get("/health").json()["components"]["storage"]["kind"] == "s3"
            assert left(server) == []
            buckets.process.kill()
            buckets.process.wait()
            health = ada.get("/health").json()
            assert (health["status"], health["components"]["storage"]["status"]) == (
                "degraded",
                "unhealthy",
            )
            answer = ada.get(file["url"])
            refused(answer, 503, "unavailable")
            assert left(server) == []
        assert server.faults() == []
