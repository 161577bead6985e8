"""What a server has in the folder of its files."""

import os
import time

from sqlalchemy import select

from tests.support.server import Server
from trialogue.core.models import Attachment
from trialogue.store.database import Database


def left(server: Server) -> list[str]:
    """The files that a server has in its storage."""
    folder = server.folder / "data" / "files"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def age(server: Server) -> None:
    """Let all files of a server be an hour old, which their uploads are not."""
    for path in (server.folder / "data" / "files").rglob("*"):
        moment = time.time() - 3_600
        os.utime(path, (moment, moment))


def known(server: Server) -> set[str]:
    """The files that the database knows."""
    database = Database(server.database_url)
    with database.transaction() as db:
        found = set(db.scalars(select(Attachment.id)))
    database.dispose()
    return found
