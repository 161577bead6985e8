"""Named people in one workspace, talking through the core: the stage of the core's tests."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from trialogue.core import conversations, events, files, logins, posting, users, wire, workspaces
from trialogue.core.arguments import SendMessage
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.files import Stored
from trialogue.core.policy import Actor
from trialogue.core.posting import Posted
from trialogue.core.sql import new_id
from trialogue.store.database import Database

KEY = "a key that signs the tokens of tests"


class World:
    """One database with a workspace; each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.heard: list[Event] = []
        self.at: datetime | None = None
        with self.transaction() as db:
            self.workspace_id = workspaces.ensure_default(db)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction; its events are heard after it."""
        with self.database.transaction() as db:
            if self.at is not None:
                db.info["now"] = self.at
            yield db
            self.heard.extend(events.take(db))

    def do(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a core function in a transaction."""
        with self.transaction() as db:
            return fn(db, *args, **kwargs)

    def refuses(self, code: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> ChatError:
        """Run a core function that must fail with this code and must change nothing."""
        with pytest.raises(ChatError) as refused:
            self.do(fn, *args, **kwargs)
        assert refused.value.code == code, refused.value
        return refused.value

    def person(self, name: str) -> Actor:
        """A new account, logged in."""
        user_id = self.do(users.register, self.workspace_id, username=name, password_hash="-")
        grant = self.do(logins.open_login, self.workspace_id, user_id, KEY)
        actor: Actor = self.do(logins.identify, KEY, grant.access_token)
        return actor

    def room(self, owner: Actor, *others: Actor, public: bool = False) -> str:
        """A new room; returns its id."""
        found, _ = self.do(
            conversations.create_group,
            owner,
            name="Room",
            public=public,
            member_ids=[other.user_id for other in others],
        )
        return str(found.id)

    def post(
        self,
        actor: Actor,
        conversation_id: str,
        content: str,
        client_id: str | None = None,
        *,
        parent_id: str | None = None,
        attached: Sequence[wire.Attachment] = (),
    ) -> wire.Message:
        """Post one message; raises what refuses it."""
        ids = [file.id for file in attached]
        more = {"client_id": client_id, "parent_id": parent_id, "attachment_ids": ids}
        args = SendMessage(content=content, **more)
        draft = posting.draft(actor, conversation_id, args)
        outcome = self.do(posting.post, [draft])[0]
        if isinstance(outcome, ChatError):
            raise outcome
        assert isinstance(outcome, Posted)
        return outcome.message

    def upload(self, actor: Actor, name: str = "two.png", kind: str = "image/png") -> Any:
        """A file of which the bytes are said to be there."""
        file_id = new_id()
        stored = Stored(file_id, name, 48, kind, "0" * 64, files.place(file_id))
        return self.do(files.keep, actor, stored)

    def events(self) -> list[Event]:
        """What was heard since the last call."""
        heard, self.heard = self.heard, []
        return heard

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.at = (self.at or self.database.now()) + timedelta(**span)
