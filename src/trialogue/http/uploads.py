"""Uploads: a file out of a multipart body (RFC 7578), straight to where files arrive.

Nothing is gathered in memory or in temporary files of others, however large the body is.
"""

import asyncio
from dataclasses import dataclass

from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect

from trialogue.core import files
from trialogue.core.errors import ChatError
from trialogue.store.files import Files, Incoming

PIECE = 512 * 1024  # bytes that are written at once
PATIENCE = 3_600  # seconds that an upload may take
FIELD = "file"

BODY: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "title": "Upload",
                    "description": "A file to upload.",
                    "required": [FIELD],
                    "properties": {
                        FIELD: {
                            "type": "string",
                            "format": "binary",
                            "title": "File",
                            "description": "The file, with its name.",
                        }
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come, and its name, made fit to be shown."""

    incoming: Incoming
    file_name: str


class _Form:
    """The parts of a form as they come; the bytes of the one file gather in `waiting`."""

    def __init__(self, boundary: bytes) -> None:
        self.waiting = bytearray()
        self.file_name: str | None = None
        self.complete = False
        self._name, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._is_file = False
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._headers.clear,
                "on_header_field": self._on_name,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
                "on_end": self._on_end,
            },
        )

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._is_file = options.get(b"name") == FIELD.encode()
        if not self._is_file:
            return
        if self.file_name is not None:
            raise ChatError("invalid", "Send one file at a time.", field=FIELD)
        if b"filename" not in options:
            raise ChatError("invalid", "This field is no file: it has no name.", field=FIELD)
        self.file_name = files.clean_name(_read_name(options[b"filename"]))

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.waiting += data[start:end]

    def _on_end(self) -> None:
        self.complete = True


def _read_name(raw: bytes) -> str:
    """As browsers write it: UTF-8, with three characters escaped (HTML, multipart/form-data)."""
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        name = raw.decode("latin-1")
    return name.replace("%22", '"').replace("%0D", "").replace("%0A", "")


async def receive(request: Request, storage: Files, limit: int) -> Received:
    """The file of the field `file`, of at most `limit` bytes. What is wrong leaves nothing behind.

    Raises ChatError `too_large`, `invalid` without such a field, `bad_request` for a body that is
    cut off or broken, and `unsupported_type` for one that is no multipart form.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        detail = "Send the file as multipart/form-data."
        raise ChatError("unsupported_type", detail)
    incoming = await asyncio.to_thread(storage.receive)
    try:
        return Received(incoming, await _fill(request, boundary, incoming, limit))
    except BaseException:
        incoming.discard()
        raise


async def _fill(request: Request, boundary: bytes, incoming: Incoming, limit: int) -> str:
    try:
        form = _Form(boundary)
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                form.parser.write(chunk)
                if len(form.waiting) >= PIECE:
                    await _flush(form, incoming)
        await _flush(form, incoming)
    except (FormParserError, ClientDisconnect, TimeoutError):
        raise ChatError("bad_request", "The body is broken, or was cut off.") from None
    if not form.complete:
        raise ChatError("bad_request", "The body is broken, or was cut off.")
    if form.file_name is None:
        raise ChatError("invalid", f"There is no field `{FIELD}` with a file.", field=FIELD)
    # At the end: the bound of the body, which ends the connection as well, is hardly more. An
    # answer before the end would leave all the rest to be read.
    if incoming.size > limit:
        raise ChatError("too_large", f"A file has at most {limit} bytes.")
    return form.file_name


async def _flush(form: _Form, incoming: Incoming) -> None:
    data, form.waiting = bytes(form.waiting), bytearray()
    await asyncio.to_thread(incoming.write, data)
