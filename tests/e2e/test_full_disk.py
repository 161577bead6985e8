"""A disk that is full: it is said, nothing that was acknowledged is lost, and once there is room
again all goes on by itself. The disk is a small one in memory, which only root can make."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import reach
from tests.support.client import Stage
from tests.support.history import check, whole_history
from tests.support.senders import Board, Sender, Way
from tests.support.server import Server
from tests.support.stored import left
from tests.support.workers import Uploader, enough

SIZE = 24 * 1024 * 1024  # bytes
PIECE = 64 * 1024
ENOUGH = 40  # messages before the disk is filled
WAYS: list[Way] = ["http", "http", "socket", "socket"]


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk of a few megabytes."""
    mount = reach("small-disk", request)
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run([mount, "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Leave no byte free."""
    with suppress(OSError), (disk / "ballast").open("ab", buffering=0) as file:
        for size in (PIECE, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


def free(disk: Path) -> None:
    """There is room again."""
    (disk / "ballast").unlink()


async def test_it_is_said_and_all_goes_on_when_there_is_room(disk: Path) -> None:
    server = Server(f"sqlite:///{disk}/chat.db", disk / "server").start()
    try:
        await shaken(server, disk)
    finally:
        server.discard()


async def shaken(server: Server, disk: Path) -> None:
    """People write and upload while the disk is filled, and when there is room again."""
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        board = Board()
        senders = [Sender(ada, room, f"{n}-{way}", way, board) for n, way in enumerate(WAYS)]
        uploaders = [Uploader(bob) for _ in range(2)]
        for sender in senders:
            sender.start()
        working = [asyncio.create_task(each.run()) for each in uploaders]
        await board.until(lambda: len(board.acknowledged) > ENOUGH)
        full = asyncio.create_task(keep_full(disk))
        await board.until(lambda: all(board.refused.values()))
        await enough(lambda: all(each.refused for each in uploaders))
        assert (await stage.http.get("/health/live")).status_code == 200
        assert len((await ada.ok("GET", f"/api/v1/conversations/{room}/messages"))["items"]) > 0
        full.cancel()
        await asyncio.gather(full, return_exceptions=True)
        free(disk)
        sent = [sender.sent for sender in senders]
        await board.until(lambda: all(s.sent > n for s, n in zip(senders, sent, strict=True)))
        done = [len(each.acknowledged) for each in uploaders]
        await enough(
            lambda: all(len(u.acknowledged) > n for u, n in zip(uploaders, done, strict=True))
        )
        for uploader in uploaders:
            uploader.stop = True
        await asyncio.gather(*(sender.end() for sender in senders), *working)
        found = await whole_history(ada, room)
        check(found, board.acknowledged)
        assert len(found) == len(board.acknowledged)
        for uploader in uploaders:
            await uploader.check()
        assert len(left(server)) == sum(len(each.acknowledged) for each in uploaders)
    assert "Traceback" not in server.log()


async def keep_full(disk: Path) -> None:
    """Fill the disk, and what is given back meanwhile."""
    while True:
        fill(disk)
        await asyncio.sleep(0.05)  # sleep: between two looks
