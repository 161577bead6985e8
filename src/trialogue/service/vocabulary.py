"""The words that arguments take, as enums; each is its own text (`MessageType.TEXT == "text"`)."""

from enum import StrEnum


class MessageType(StrEnum):
    """What a message is. `SYSTEM` is the word of the program."""

    TEXT = "text"
    IMAGE = "image"
    FILE = "file"
    SYSTEM = "system"


class MessageStatus(StrEnum):
    """How far a message has come with all other members; it moves only forwards."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"


class MemberRole(StrEnum):
    """What someone is in a conversation."""

    OWNER = "owner"
    ADMIN = "admin"
    MODERATOR = "moderator"
    MEMBER = "member"
