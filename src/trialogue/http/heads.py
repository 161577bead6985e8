"""The bound of what comes before a body: the address and the headers of a request.

uvicorn bounds them with its slow parser only; with the fast one a header without end fills memory.
"""

from typing import Any
from uuid import uuid4

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 64 * 1024  # bytes of address and headers
HEADERS_MOST = 100

_BODY = {
    "type": "about:blank",
    "title": "Request header fields too large",
    "status": 431,
    "detail": f"A request has at most {HEADERS_MOST} headers, of {MOST} bytes with its address.",
    "code": "too_large",
}


class TooLong(Exception):
    """The head of a request is too long."""


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol; a request with a head that is too long is answered 431, and the line
    closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = self._fresh = False
        self._waited = 0  # bytes of a head that has not ended
        self._too_long = False

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        super().data_received(data)
        if not self._in_head:
            return
        if self._fresh:  # may be the end of another request as well
            self._fresh = False
        else:
            self._waited += len(data)
        if self._waited + len(self.url) > MOST and not self.transport.is_closing():
            self._refuse()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head = self._fresh = True
        self._waited = 0

    def on_headers_complete(self) -> None:
        """Address and headers are there."""
        self._in_head = False
        length = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if length > MOST or len(self.headers) > HEADERS_MOST:
            self._too_long = True
            raise TooLong
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """The parser has stopped: it cannot read this, or must not."""
        if self._too_long:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _refuse(self) -> None:
        request_id = uuid4().hex
        body = orjson.dumps({**_BODY, "request_id": request_id})
        head = (
            "HTTP/1.1 431 Request Header Fields Too Large\r\n"
            "Content-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\n"
            f"X-Request-ID: {request_id}\r\n"
            "Connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
