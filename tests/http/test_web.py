"""The web client's one page for every address within it, and none for the addresses of programs."""

import socket
from pathlib import Path

import pytest

from tests.http.shapes import refused
from tests.support.client import Caller
from tests.support.server import ROOT, Server

BUILT = (Path(ROOT) / "web" / "dist" / "index.html").is_file()
# Whether or not the client is built, one page answers; only its status tells which.
PAGE = 200 if BUILT else 503


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/c/01234567-89ab-7def-8123-456789abcdef/12", "/login", "/discover?query=x"),
        *("/nothing/of/the/kind", "/中文", "/%E4%B8%AD", "/a%20b", "/wsx", "/apis", "/index.html"),
    ],
)
def test_every_address_of_the_client_is_its_page(api: Caller, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == PAGE
    assert answer.headers["content-type"].startswith("text/html")
    assert "<title>Trialogue</title>" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/nothing", "/api/v2/users/me", "/api/", "/ws", "/ws/chat/x"),
        *("/health/", "/health/nothing", "/metrics/nothing", "/assets/nothing.js", "/docs/nothing"),
        *("/openapi.json/x", "/api/v1/users/me/"),
    ],
)
def test_an_unknown_address_of_programs_is_an_error_and_no_page(api: Caller, path: str) -> None:
    refused(api.get(path), 404, "not_found")


def test_below_v1_an_unknown_address_is_an_error_in_openai_s_form(api: Caller) -> None:
    answer = api.get("/v1/nothing")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    "path",
    [
        *("/%00", "/a%00.js", "/" + "a" * 5000, "/" + "a/" * 3000, "/%ff%fe", "/..", "/%2e%2e/x"),
        *("/..%2f..%2f..%2fetc%2fpasswd", "//etc/passwd", "/assets/..%2f..%2fpyproject.toml"),
        *("/....//etc/passwd", "/c:%5cwindows", "/%2fetc%2fpasswd", "/../src/trialogue/app.py"),
    ],
)
def test_no_address_leads_out_of_the_client(server: Server, path: str) -> None:
    # By hand, since HTTP clients tidy such addresses up.
    with socket.create_connection(server.address, timeout=30) as line:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        line.sendall(request.encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status in (PAGE, 404), head
    assert b"root:" not in body
    assert b"import" not in body.split(b"<")[0]


@pytest.mark.skipif(not BUILT, reason="the web client is not built")
def test_assets_are_kept_for_ever_and_the_page_is_not(api: Caller) -> None:
    assert api.get("/").headers["cache-control"] == "no-cache"
    names = [path.name for path in (Path(ROOT) / "web/dist/assets").glob("*.js")]
    for name in names:
        kept = api.get(f"/assets/{name}")
        assert "immutable" in kept.headers["cache-control"]
        assert kept.headers["content-type"].startswith("text/javascript")


def test_the_page_may_run_no_foreign_script_and_stand_in_no_frame(api: Caller) -> None:
    headers = api.get("/").headers
    policy = headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    assert headers["permissions-policy"]
