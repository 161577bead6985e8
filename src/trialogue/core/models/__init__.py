"""The tables. All are named `chat_…`: the library lives in other people's databases.

May touch: SQLAlchemy. Later features add tables and columns; what is here keeps its meaning.
"""

from trialogue.core.models.files import Attachment
from trialogue.core.models.people import (
    ChatUser,
    Identity,
    Login,
    RefreshToken,
    Token,
    Workspace,
    WorkspaceMember,
)
from trialogue.core.models.root import Base
from trialogue.core.models.talk import (
    EVERYONE,
    ChatSession,
    Conversation,
    Member,
    Mention,
    Message,
    Reaction,
    Read,
    Searchable,
)

__all__ = [
    "EVERYONE",
    "Attachment",
    "Base",
    "ChatSession",
    "ChatUser",
    "Conversation",
    "Identity",
    "Login",
    "Member",
    "Mention",
    "Message",
    "Reaction",
    "Read",
    "RefreshToken",
    "Searchable",
    "Token",
    "Workspace",
    "WorkspaceMember",
]
