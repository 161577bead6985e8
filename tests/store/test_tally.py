"""Transactions are counted, whatever becomes of them."""

import pytest
from sqlalchemy.orm import Session

from tests.store.conftest import Stage
from trialogue.core import workspaces
from trialogue.core.errors import ChatError


def test_reads_and_writes_are_counted_with_their_time(stage: Stage) -> None:
    def fail(_: Session) -> None:
        raise ChatError("conflict", "no")

    async def scene() -> None:
        tally = stage.database.tally
        reads, writes = tally.reads, tally.writes
        await stage.database.write(workspaces.ensure_default)
        await stage.database.ping()
        for door in (stage.database.read, stage.database.write):
            with pytest.raises(ChatError):
                await door(fail)
        assert (tally.reads - reads, tally.writes - writes) == (2, 2)
        assert tally.read_seconds > 0
        assert tally.write_seconds > 0

    stage.run(scene)
