"""Opaque cursors of lists: what the last item was, so that the next page starts behind it."""

import base64
import binascii
import json
from datetime import UTC, datetime
from uuid import UUID

from trialogue.core.errors import ChatError


class Cursor:
    """Encodes and decodes the keys of a list's last item."""

    @staticmethod
    def encode(*keys: str) -> str:
        """A cursor behind the item with these keys."""
        return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")

    @staticmethod
    def decode(cursor: str, count: int) -> list[str]:
        """The `count` keys in a cursor; ChatError `invalid` for one that this server never gave."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            keys: object = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        except (ValueError, binascii.Error):
            keys = None
        if isinstance(keys, list) and len(keys) == count:
            texts = [key for key in keys if isinstance(key, str) and key.isprintable()]
            if len(texts) == count:
                return texts
        raise foreign()

    @staticmethod
    def moment(key: str) -> datetime:
        """A key that is a time with zone; ChatError `invalid` for what is none."""
        try:
            return datetime.fromisoformat(key).astimezone(UTC)
        except (ValueError, OverflowError):
            raise foreign() from None

    @staticmethod
    def id(key: str) -> str:
        """A key that is an id; ChatError `invalid` for what is none."""
        try:
            return str(UUID(key))
        except ValueError:
            raise foreign() from None

    @staticmethod
    def number(key: str) -> int:
        """A key that is a whole number; ChatError `invalid` for what is none."""
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise foreign()
        return int(key)


def foreign() -> ChatError:
    """What a cursor is answered with that this list never gave."""
    return ChatError("invalid", "This cursor is not one of this list.", field="cursor")
