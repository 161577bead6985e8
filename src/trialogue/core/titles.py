"""Names of conversations with an assistant: by a model, or the first words of the question.

All here that changes something takes the lock of the conversation.
"""

from sqlalchemy.orm import Session

from trialogue.core import events, members, views, wire
from trialogue.core.events import Event
from trialogue.core.models import Conversation, Message

MOST = 60  # characters


def first_words(text: str) -> str:
    """A title from the beginning of a question."""
    line = " ".join(text.split())
    if len(line) <= MOST:
        return line
    cut = line[:MOST]
    space = cut.rfind(" ")
    return f"{cut[:space] if space > MOST // 2 else cut}…"


def asked(question: wire.LiveMessage) -> str:
    """What a question asks; of one that is only a file its name."""
    return question.content or next((file.file_name for file in question.attachments), "")


def give(db: Session, conversation_id: str, name: str) -> None:
    """Name a conversation with an assistant that has no name yet."""
    conversation = members.lock(db, conversation_id)
    if not lacking(conversation) or not name.strip():
        return
    conversation.name = name.strip()[:80]
    rev = members.next_rev(db, conversation)
    db.flush()
    found = views.conversations(db, conversation.workspace_id, None, [conversation.id])
    live = views.live_conversation(found[conversation.id])
    events.record(db, Event("conversation.updated", live, conversation.id, rev=rev))


def by_question(db: Session, conversation: Conversation, question_id: str) -> None:
    """Name one that has no name yet by a question in it, unless that was recalled."""
    if not lacking(conversation):
        return
    query = views.select_messages().where(Message.id == question_id)
    for question in views.live_messages(db, query):
        give(db, conversation.id, first_words(asked(question)))


def wanted(db: Session, conversation_id: str) -> bool:
    """Whether a conversation is to be named still: it may have been meanwhile."""
    found = db.get(Conversation, conversation_id, populate_existing=True)
    return found is not None and lacking(found)


def lacking(conversation: Conversation) -> bool:
    """Whether a conversation is to be named after its first question."""
    return conversation.kind == "assistant" and not conversation.name
