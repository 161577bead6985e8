"""`Model.create` gives the core's numbers and keys, and refuses by a ValueError."""

# ruff: noqa: PT012 — what a scope is about is more than one statement

import pytest
from sqlalchemy.orm import Session

from tests.support.world import World
from trialogue.core.models import ChatSession, ChatUser, Conversation, Member, Message, Reaction


def test_create_returns_rows_that_the_core_has_made(world: World) -> None:
    with world.transaction() as db:
        ada = ChatUser.create(db, "Ada", "Ada L.")
        room = Conversation.create(db, "Room", description="For all", public=True)
        member = Member.create(db, room.id, ada.id, "admin")
        session = ChatSession.create(db, room.id)
        message = Message.create(db, room.id, ada.id, "Hello", client_id="one")
        again = Message.create(db, room.id, ada.id, "Hello", client_id="one")
        reaction = Reaction.create(db, message.id, ada.id, "👍")
        assert (ada.username_key, member.role, message.seq) == ("ada", "admin", 1)
        assert (again.id, message.session_id, reaction.user_id) == (message.id, session.id, ada.id)


def test_what_is_refused_is_a_value_error_and_undone_alone(world: World) -> None:
    with world.transaction() as db:
        ada = ChatUser.create(db, "ada")
        with pytest.raises(ValueError, match="taken"):
            ChatUser.create(db, "ADA")
        with pytest.raises(ValueError, match="must be an id"):
            Message.create(db, "nonsense", ada.id, "Hello")
    with world.transaction() as db:
        assert db.get_one(ChatUser, ada.id).username == "ada"


def test_a_scope_commits_or_rolls_back_a_session_of_ones_own(world: World) -> None:
    with world.transaction():
        pass
    engine = world.database._engine
    with Session(engine) as own:
        with ChatUser.session_scope(own) as same:
            assert same is own
            kept = ChatUser.create(own, "kept").id
        with pytest.raises(ZeroDivisionError), ChatUser.session_scope(own):
            own.add(ChatUser(id=kept[:-4] + "0000", display_name="x", created_at=None))
            raise ZeroDivisionError
        assert not own.in_transaction()
    with world.transaction() as db:
        assert db.get_one(ChatUser, kept).username == "kept"
