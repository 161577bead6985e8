"""The Python library: the synchronous face of the core, for any number of threads.

May touch: the door of `store`, and the core through it. One file a noun; `chat.py` puts them
together. It loads neither the server nor what only the server needs.
"""

from trialogue.service.chat import ChatService, init_chats_db
from trialogue.service.vocabulary import MemberRole, MessageStatus, MessageType

__all__ = ["ChatService", "MemberRole", "MessageStatus", "MessageType", "init_chats_db"]
