"""A service with two people in a room, on each kind of database."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from trialogue import ChatService, Event, wire


@dataclass
class Stage:
    """Ada and Bob in a room, where Ada has said good morning, and what was heard since."""

    service: ChatService
    ada: wire.User
    bob: wire.User
    room: wire.Conversation
    message: wire.Message
    heard: list[Event] = field(default_factory=list)

    def names(self) -> list[str]:
        """The names of the events heard since the last call."""
        heard, self.heard[:] = [event.name for event in self.heard], []
        return heard


@pytest.fixture
def service(database_url: str) -> Iterator[ChatService]:
    """A service on an empty database."""
    made = ChatService(database_url)
    yield made
    made.close()


@pytest.fixture
def stage(service: ChatService) -> Stage:
    """Two people in a room."""
    ada = service.create_user("ada", "Ada Lovelace")
    bob = service.create_user("bob", "Bob")
    room = service.create_conversation("Room", is_group=True, description="For all")
    service.add_user_to_conversation(room.id, ada.id, "admin")
    service.add_user_to_conversation(room.id, bob.id)
    message = service.send_message(room.id, ada.id, "Good morning")
    made = Stage(service, ada, bob, room, message)
    service.listen(made.heard.append)
    return made
