"""What comes as a body where a file is expected."""

import pytest

from tests.http.conftest import open_http
from tests.http.shapes import invalid, refused
from tests.support.client import Caller
from tests.support.pictures import FILES, upload, uploaded
from tests.support.serving import Make


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_body_without_a_file_is_refused(api: Caller) -> None:
    ada = api.person()
    invalid(ada.call("POST", FILES, files={"other": ("a", b"a")}), "body", "file")
    invalid(
        ada.call("POST", FILES, files=[("file", ("a", b"a")), ("file", ("b", b"b"))]),
        "body",
        "file",
    )
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    plain = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n'
    invalid(ada.call("POST", FILES, content=plain, headers=form), "body", "file")
    for broken in (b"", b"nonsense", plain.replace(b'"file"', b'"file"; filename="a"')[:-6]):
        refused(ada.call("POST", FILES, content=broken, headers=form), 400, "bad_request")
    refused(ada.post(FILES, file="text"), 415, "unsupported_type")


def boundary(data: bytes, name: bytes = b"a.txt") -> bytes:
    """A body with one file, as a browser writes it."""
    head = b'Content-Disposition: form-data; name="file"; filename="' + name + b'"'
    return b"--x\r\n" + head + b"\r\n\r\n" + data + b"\r\n--x--\r\n"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_names_are_read_as_browsers_write_them(api: Caller) -> None:
    ada = api.person()
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for name, shown in (
        ("两个.txt".encode(), "两个.txt"),
        (b"caf\xe9.txt", "café.txt"),
        (b"one%0D%0Atwo.txt", "onetwo.txt"),
        (b"100%25.txt", "100%25.txt"),
    ):
        answer = ada.call("POST", FILES, content=boundary(b"text", name), headers=form)
        assert answer.json()["file_name"] == shown


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_limits_and_types_are_settings(make_server: Make) -> None:
    limits = {"TRIALOGUE_UPLOAD_LIMIT": "2000", "TRIALOGUE_UPLOAD_TYPES": "image/*, text/plain"}
    server = make_server(**limits).start()
    folder = server.folder / "data" / "files"
    with open_http(server) as http:
        ada = Caller(http).person()
        assert uploaded(ada, "a.txt", b"x" * 2_000)["file_size"] == 2_000
        for data in (b"x" * 2_001, b"x" * 100_000):
            refused(upload(ada, "a.txt", data), 413, "too_large")
        refused(upload(ada, "a.txt", b"%PDF-1.7\n"), 415, "unsupported_type")
        refused(upload(ada, "a.png", b"\x89PNG\r\n\x1a\n"), 415, "unsupported_type")
    left = [path for path in folder.rglob("*") if path.is_file()]
    assert len(left) == 1
    assert server.faults() == []
