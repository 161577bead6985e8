"""People, logins and rooms, made in a data directory before its server starts.

People come in by the core's own functions (hashing a thousand passwords is not what is
measured); rooms are written as rows, since twenty rooms for each of ten thousand would take long.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from trialogue.core import logins, users, workspaces
from trialogue.core.limits import Limits
from trialogue.core.models import Conversation, Member
from trialogue.core.sql import new_id
from trialogue.settings import Settings
from trialogue.store import migrate
from trialogue.store.database import Database

TOKEN_LIFETIME = 6 * 3600  # seconds: measuring takes longer than an access token lives
PEOPLE_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account and an access token."""

    user_id: str
    token: str


class Population:
    """Who and what is in one data directory, or in a database elsewhere that it belongs to."""

    def __init__(self, data: Path, database_url: str | None = None) -> None:
        settings = Settings(
            _env_file=None, data_dir=data, database_url=database_url, secret_key=None
        )
        self._key = settings.signing_key()
        migrate.upgrade(settings.database)
        limits = Limits(access_token_lifetime=TOKEN_LIFETIME)
        self._database = Database(settings.database, limits=limits)
        with self._database.transaction() as db:
            self._workspace_id = workspaces.ensure_default(db)

    def close(self) -> None:
        """Let go of the database; the server opens it next."""
        self._database.dispose()

    def people(self, count: int) -> list[Person]:
        """New accounts, each with a login."""
        found: list[Person] = []
        while len(found) < count:
            with self._database.transaction() as db:
                most = min(count, len(found) + PEOPLE_AT_ONCE)
                found += [self._person(db, number) for number in range(len(found), most)]
        return found

    def _person(self, db: Session, number: int) -> Person:
        name = f"person.{number:05}"
        user_id = users.register(
            db,
            self._workspace_id,
            username=name,
            password_hash="!",  # no password fits
            display_name=f"Person {number:05}",
        )
        grant = logins.open_login(db, self._workspace_id, user_id, self._key)
        return Person(user_id, grant.access_token)

    def rooms(self, people: Sequence[Person], *, size: int, each: int) -> list[str]:
        """Rooms of `size` members, so that everyone is in `each` of them; their ids."""
        made: list[str] = []
        for turn in range(each):
            ids = [person.user_id for person in people]
            random.Random(turn).shuffle(ids)
            with self._database.transaction() as db:
                for start in range(0, len(ids), size):
                    made.append(self._room(db, ids[start : start + size], len(made)))
        return made

    def rooms_of(self, members: Sequence[Sequence[Person]]) -> list[str]:
        """A room for each of these circles; their ids."""
        with self._database.transaction() as db:
            circles = enumerate([person.user_id for person in circle] for circle in members)
            return [self._room(db, user_ids, number) for number, user_ids in circles]

    def _room(self, db: Session, user_ids: Sequence[str], number: int) -> str:
        now, room_id = datetime.now(UTC), new_id()
        room = {
            "id": room_id,
            "workspace_id": self._workspace_id,
            "kind": "group",
            "name": f"Room {number}",
            "created_by": user_ids[0],
            "last_rev": len(user_ids),
            "member_count": len(user_ids),
            "created_at": now,
            "changed_at": now,
        }
        seats = [
            {
                "conversation_id": room_id,
                "user_id": user_id,
                "role": "member" if rev > 1 else "owner",
                "joined_at": now,
                "rev": rev,
            }
            for rev, user_id in enumerate(user_ids, start=1)
        ]
        db.execute(insert(Conversation), room)
        db.execute(insert(Member), seats)
        return room_id
