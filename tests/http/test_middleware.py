"""What every request passes: its id, the bound of its body, methods, strange headers."""

import asyncio
import json
import socket
from collections.abc import Iterator

import pytest

from tests.http.conftest import open_http
from tests.http.shapes import refused
from tests.support.client import Caller
from tests.support.server import Server
from tests.support.serving import Make
from trialogue.gate.limiter import Limiter

MB = 1024 * 1024
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("given", ["abc", "a" * 128, "A-b_c.9:x", "0"])
def test_a_sane_request_id_comes_back(api: Caller, given: str) -> None:
    answers = [
        api.call("GET", path, headers={"X-Request-ID": given})
        for path in ("/health/live", "/", "/api/v1/users/me", "/api/nothing")
    ]
    assert [answer.headers["x-request-id"] for answer in answers] == [given] * 4
    assert answers[2].json()["request_id"] == given


@pytest.mark.parametrize(
    "given", ["", "a" * 129, "a b", "a;b", "<x>", "a,b", '"', "a/b", b"\xc3\xa9"]
)
def test_any_other_request_id_is_replaced(api: Caller, given: str | bytes) -> None:
    answer = api.call("GET", "/health/live", headers={"X-Request-ID": given})
    made = answer.headers["x-request-id"]
    assert made.isalnum()
    assert made != given


def test_requests_without_an_id_get_one_each(api: Caller) -> None:
    ids = {api.get("/health/live").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


def raw(server: Server, request: bytes) -> bytes:
    """What the server writes until it closes."""
    with socket.create_connection(server.address, timeout=30) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize(
    "lines",
    [
        b"X-Request-ID: a\r\nSet-Cookie: evil=1\r\n",  # two headers, as anyone may send
        b"X-Request-ID: a\rSet-Cookie: evil=1\r\n",
        b"X-Request-ID: a\nSet-Cookie: evil=1\r\n",
        b"X-Request-ID: a%0d%0aSet-Cookie: evil=1\r\n",
        b"X-Request-ID: a\r\n Set-Cookie: evil=1\r\n",
        b"X-Request-ID: a\r\nX-Request-ID: b\r\n",
        b"X-Request-ID: a\x00b\r\n",
    ],
)
def test_nothing_can_be_smuggled_into_the_answers_headers(server: Server, lines: bytes) -> None:
    answer = raw(
        server,
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + lines + b"\r\n",
    )
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith((b"http/1.1 200", b"http/1.1 400"))
    assert b"set-cookie" not in head
    assert head.count(b"x-request-id") <= 1


@pytest.mark.parametrize(
    "host", ["evil.example", "", "a" * 3000, "<script>", "[::1]:80", "a b", "é"]
)
def test_a_strange_host_changes_nothing(server: Server, host: str) -> None:
    answer = raw(
        server,
        b"GET /health/live HTTP/1.1\r\nConnection: close\r\nHost: " + host.encode() + b"\r\n\r\n",
    )
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))
    if host and answer.startswith(b"HTTP/1.1 200"):
        assert host.encode() not in answer


def test_ten_megabytes_are_refused_and_the_refusal_arrives(api: Caller) -> None:
    ada = api.person()
    body = json.dumps({"content": "x" * 10 * MB})
    path = f"/api/v1/conversations/{ada.room()}/messages"
    answer = ada.call("POST", path, content=body, headers=JSON)
    assert "1048576" in refused(answer, 413, "too_large")["detail"]
    assert ada.get("/api/v1/users/me").status_code == 200


PART = b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\n'


def chunks(first: bytes) -> Iterator[bytes]:
    yield first
    for _ in range(160):
        yield b"x" * 65536


@pytest.mark.parametrize(
    ("path", "kind", "first"),
    [
        ("/api/v1/auth/login", "application/json", b"{"),
        ("/api/v1/auth/token", "application/x-www-form-urlencoded", b"username="),
        ("/api/v1/auth/token", "multipart/form-data; boundary=b", PART),
        ("/api/v1/auth/refresh", "application/json", b"{"),
    ],
)
def test_ten_megabytes_in_pieces_are_refused_too(
    api: Caller, path: str, kind: str, first: bytes
) -> None:
    answer = api.call("POST", path, content=chunks(first), headers={"Content-Type": kind})
    refused(answer, 413, "too_large")


def test_a_login_form_has_room_for_a_name_and_a_password_and_not_for_a_million_fields(
    api: Caller,
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path, most = "/api/v1/auth/token", 16 * 1024
    answer = api.call("POST", path, content=b"&" * (most + 1), headers=form)
    assert str(most) in refused(answer, 413, "too_large")["detail"]
    refused(api.call("POST", path, content=b"&" * most, headers=form), 422, "invalid")


@pytest.mark.parametrize("declared", [b"99999999999", b"-1", b"1e9", b"x", b"1, 1"])
def test_an_absurd_length_is_refused_before_it_is_read(server: Server, declared: bytes) -> None:
    answer = raw(
        server,
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nContent-Length: " + declared + b"\r\n\r\n{}",
    )
    assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))


def test_a_body_of_just_the_limit_is_read(api: Caller) -> None:
    shell = len('{"username":"a","password":"x","z":""}')
    body = '{"username":"a","password":"x","z":"' + "x" * (MB - shell) + '"}'
    assert len(body) == MB
    answer = api.call("POST", "/api/v1/auth/login", content=body, headers=JSON)
    refused(answer, 422, "invalid")
    answer = api.call("POST", "/api/v1/auth/login", content=body + " ", headers=JSON)
    refused(answer, 413, "too_large")


@pytest.mark.parametrize(
    "path", ["/", "/health", "/docs", "/openapi.json", "/api/v1/users/me", "/c/x/1"]
)
def test_what_can_be_read_has_a_head(api: Caller, path: str) -> None:
    ada = api.person()
    whole, head = ada.get(path), ada.call("HEAD", path)
    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers["content-type"] == whole.headers["content-type"]
    if path != "/health":  # which tells how long it took
        assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_what_an_address_does_not_take_is_told(api: Caller, method: str) -> None:
    answer = api.call(method, "/api/v1/auth/login")
    assert answer.headers["allow"] == "POST"
    if method == "HEAD":
        assert answer.status_code == 405
    else:
        assert "POST" in refused(answer, 405, "method_not_allowed")["detail"]


def test_an_unknown_method_is_refused(server: Server) -> None:
    answer = raw(server, b"FOO / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 405"))


@pytest.mark.parametrize(
    "junk",
    [b"\r\n\r\n", b"\x00" * 100, b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"{}", b"a" * 70000],
)
def test_the_server_survives_what_is_no_http(server: Server, api: Caller, junk: bytes) -> None:
    with socket.create_connection(server.address, timeout=30) as line:
        line.sendall(junk)
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass
    assert api.get("/health/live").status_code == 200


def test_headers_without_end_are_refused(server: Server) -> None:
    with socket.create_connection(server.address, timeout=30) as line:
        line.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
        try:
            for _ in range(200):
                line.sendall(b"X-A: " + b"a" * 8000 + b"\r\n")
            line.sendall(b"Connection: close\r\n\r\n")
            answer = line.recv(65536)
        except OSError:
            answer = b""  # cut off: as good
    assert not answer or answer.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("path", ["/", "/docs", "/health", "/api/v1/users/me", "/api/nothing"])
def test_browsers_are_told_what_pages_may_do(api: Caller, path: str) -> None:
    headers = api.get(path).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert {"camera=()", "microphone=()"} <= set(headers["permissions-policy"].split(", "))
    assert "server" not in headers
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/", "/api/v1/users/me", "/health/live"])
def test_over_tls_browsers_are_told_to_stay_there(api: Caller, path: str) -> None:
    answer = api.call("GET", path, headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_hold_no_script_of_their_own(api: Caller, path: str) -> None:
    page = api.get(path).text
    for tag in page.split("<script")[1:]:
        attributes, _, rest = tag.partition(">")
        assert "src=" in attributes
        assert rest.startswith("</script>")
    assert "onload=" not in page
    assert "javascript:" not in page


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_only_pages_of_listed_origins_may_call(make_server: Make) -> None:
    listed, other = "https://app.example", "https://evil.example"
    server = make_server(
        TRIALOGUE_ALLOWED_ORIGINS=f"{listed}/, https://b.example",
        TRIALOGUE_TRUSTED_PROXIES="10.0.0.0/8",
    ).start()
    with open_http(server) as http:
        asked = {"Access-Control-Request-Method": "POST", "Origin": listed}
        before = http.options("/api/v1/auth/login", headers=asked)
        assert before.status_code == 200
        assert before.headers["access-control-allow-origin"] == listed
        assert http.options("/api/v1/auth/login", headers={**asked, "Origin": other}).is_error
        for origin, heard in ((listed, listed), (other, None), ("null", None)):
            answer = http.get("/api/v1/users/me", headers={"Origin": origin})
            assert answer.headers.get("access-control-allow-origin") == heard
        answer = http.get("/api/v1/users/me", headers={"Origin": listed})
        exposed = answer.headers["access-control-expose-headers"]
        assert {"RateLimit", "Retry-After", "X-Request-ID"} <= set(exposed.split(", "))
        # This machine is no trusted proxy now: its word on TLS counts for nothing.
        insecure = http.get("/health/live", headers={"X-Forwarded-Proto": "https"})
        assert "strict-transport-security" not in insecure.headers


def test_without_a_list_no_other_origin_may_call(api: Caller) -> None:
    answer = api.call("GET", "/api/v1/users/me", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_under_another_server_a_socket_is_refused_with_the_reason() -> None:
    from trialogue.http.middleware import Frame

    async def application(*_: object) -> None:
        raise AssertionError("sockets do not get this far")

    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)  # type: ignore[arg-type]

    frame = Frame(application, limiter=Limiter(), answered=lambda *_: None)
    asyncio.run(frame({"type": "websocket"}, receive, send))
    assert sent[0]["type"] == "websocket.close"
    assert "trialogue serve" in str(sent[0]["reason"])
