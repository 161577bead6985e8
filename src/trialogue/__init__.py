"""Trialogue: one self-hosted chat platform for people, assistants and customers."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialogue.app import create_app
    from trialogue.core import wire
    from trialogue.core.errors import (
        ChatError,
        ConflictError,
        ForbiddenError,
        InvalidError,
        NotFoundError,
        RefusedError,
        StorageError,
        TransactionError,
        UnavailableError,
    )
    from trialogue.core.events import Event
    from trialogue.core.limits import Limits
    from trialogue.core.models import (
        Attachment,
        ChatSession,
        ChatUser,
        Conversation,
        Member,
        Mention,
        Message,
        Reaction,
        Read,
    )
    from trialogue.service import (
        ChatService,
        MemberRole,
        MessageStatus,
        MessageType,
        init_chats_db,
    )

__version__ = "0.1.0"
_ERRORS, _MODELS, _SERVICE = "trialogue.core.errors", "trialogue.core.models", "trialogue.service"
# Loaded when they are asked for: importing the package loads neither a server nor a database.
_PUBLIC = {
    "Attachment": _MODELS,
    "ChatError": _ERRORS,
    "ChatService": _SERVICE,
    "ChatSession": _MODELS,
    "ChatUser": _MODELS,
    "ConflictError": _ERRORS,
    "Conversation": _MODELS,
    "Event": "trialogue.core.events",
    "ForbiddenError": _ERRORS,
    "InvalidError": _ERRORS,
    "Limits": "trialogue.core.limits",
    "Member": _MODELS,
    "MemberRole": _SERVICE,
    "Mention": _MODELS,
    "Message": _MODELS,
    "MessageStatus": _SERVICE,
    "MessageType": _SERVICE,
    "NotFoundError": _ERRORS,
    "Reaction": _MODELS,
    "Read": _MODELS,
    "RefusedError": _ERRORS,
    "StorageError": _ERRORS,
    "TransactionError": _ERRORS,
    "UnavailableError": _ERRORS,
    "create_app": "trialogue.app",
    "init_chats_db": _SERVICE,
}

__all__ = [
    "Attachment",
    "ChatError",
    "ChatService",
    "ChatSession",
    "ChatUser",
    "ConflictError",
    "Conversation",
    "Event",
    "ForbiddenError",
    "InvalidError",
    "Limits",
    "Member",
    "MemberRole",
    "Mention",
    "Message",
    "MessageStatus",
    "MessageType",
    "NotFoundError",
    "Reaction",
    "Read",
    "RefusedError",
    "StorageError",
    "TransactionError",
    "UnavailableError",
    "__version__",
    "create_app",
    "init_chats_db",
    "wire",
]


def __getattr__(name: str) -> object:
    """A public name, loaded when it is asked for (PEP 562)."""
    if name == "wire":
        return import_module("trialogue.core.wire")
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
