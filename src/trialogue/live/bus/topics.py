"""Where an event is heard: topics are the ids of conversations and of users, and one for all."""

from trialogue.core.events import Event

FOR_ALL = "all"
# Of these nodes must know whoever is connected: a handshake may be under way, a profile is told to
# all who share a conversation, and any node may write a reply.
_FOR_ALL = frozenset({"login.ended", "account.state", "user.updated", "reply.stopped"})


def topics_of(event: Event) -> tuple[str, ...]:
    """The topics on which an event is published."""
    if event.name in _FOR_ALL:
        return (FOR_ALL,)
    if event.user_ids is not None:
        return event.user_ids
    return (event.conversation_id or FOR_ALL,)


def prefix_of(workspace_id: str) -> str:
    """What the names of all channels begin with: two products on one Redis do not meet, and all
    processes on one database do, by whatever URL they reach it."""
    return f"trialogue:{workspace_id}"
