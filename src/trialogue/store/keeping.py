"""Files and the database together, for servers: both know a file, or neither does in the end."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy.orm import Session

from trialogue.core import files
from trialogue.core.errors import ChatError
from trialogue.core.files import Stored
from trialogue.store.database import Database
from trialogue.store.files import Files

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger()


async def commit(
    database: Database,
    storage: Files,
    stored: Stored,
    fn: Callable[Concatenate[Session, P], R],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run `fn(db, …)`, which keeps a stored file, as `Database.write` does; where it fails the
    file goes. A cancelled caller leaves that to the clean-up: the commit may take place."""
    try:
        result = await database.write(fn, *args, **kwargs)
    except Exception:
        await _settle(database, storage, stored.id)
        raise
    await _quietly(storage, stored.id, known=True)
    return result


async def _settle(database: Database, storage: Files, file_id: str) -> None:
    """The database is asked: a commit that was not confirmed may have taken place."""
    try:
        known = bool(await database.read(files.known, [file_id]))
    except ChatError:
        return  # the clean-up asks again
    await _quietly(storage, file_id, known=known)


async def _quietly(storage: Files, file_id: str, *, known: bool) -> None:
    """What fails here is done by the clean-up, and changes nothing of the outcome."""
    try:
        await asyncio.to_thread(storage.settle, file_id, known=known)
    except ChatError as error:
        log.warning("files.postponed", file=file_id, reason=error.detail)


async def clean_up(database: Database, storage: Files, age: timedelta) -> int:
    """Delete what nobody can get any more: files of recalled and purged messages, former avatars;
    and of what is older than `age`, uploads never sent and what a crash has left. How many."""
    before = database.now() - age
    while await database.write(files.drop_unsent, before):
        pass
    deleted = 0
    while gone := await database.read(files.page_gone):
        await asyncio.to_thread(storage.delete, gone)
        await database.write(files.forget, [each.id for each in gone])
        deleted += len(gone)
    strays = await asyncio.to_thread(storage.strays, before)
    known = await database.read(files.known, strays) if strays else set()
    for file_id in strays:
        await asyncio.to_thread(storage.settle, file_id, known=file_id in known)
    await asyncio.to_thread(storage.sweep_incoming, before)
    return deleted + len(strays) - len(known)
