"""One service and many threads, and many processes on one database: nothing is lost, nothing is
doubled, and messages are numbered without gaps."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.service import crowd
from trialogue import ChatService, Event

ROOT = Path(__file__).parents[2]
OPERATIONS = 50


def hall(service: ChatService, count: int) -> list[str]:
    """Empty rooms."""
    return [service.create_conversation(f"Hall {number}").id for number in range(count)]


def check(service: ChatService, rooms: list[str], workers: int) -> None:
    """What must be there after so many workers."""
    assert len(service.search_users(limit=1_000)) == workers
    total = 0
    for room in rooms:
        history = service.get_conversation_messages(room, limit=100_000)
        assert [each.seq for each in history] == list(range(len(history), 0, -1))
        assert len({each.content for each in history}) == len(history)
        found = service.get_conversation(room)
        # Each person took one rev, each message one.
        assert (found.member_count, found.last_rev) == (workers, workers + len(history))
        total += len(history)
    assert total == workers * (OPERATIONS - 4 - len(rooms))


def test_many_threads_lose_and_double_nothing(service: ChatService) -> None:
    rooms = hall(service, 3)
    heard: list[Event] = []
    service.listen(heard.append)
    crowd.run(service, "worker", 32, OPERATIONS, rooms)
    check(service, rooms, 32)
    for room in rooms:
        revs = [each.rev for each in heard if each.conversation_id == room and each.rev]
        assert revs == list(range(1, service.get_conversation(room).last_rev + 1))


def together(url: str, processes: int, threads: int, rooms: list[str]) -> None:
    """Let several processes work at once."""
    command = [sys.executable, "-m", "tests.service.crowd", url]
    rest = [str(threads), str(OPERATIONS), *rooms]
    running = [
        subprocess.Popen([*command, f"p{number}-", *rest], cwd=ROOT, stderr=subprocess.PIPE)
        for number in range(processes)
    ]
    said = [each.communicate(timeout=300)[1].decode() for each in running]
    assert [each.returncode for each in running] == [0] * processes, said


@pytest.mark.parametrize("databases", ["postgresql", "mariadb"], indirect=True)
def test_four_processes_on_one_server_lose_and_double_nothing(
    service: ChatService, database_url: str
) -> None:
    rooms = hall(service, 2)
    together(database_url, 4, 4, rooms)
    check(service, rooms, 16)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_two_processes_on_one_file_lose_and_double_nothing(
    service: ChatService, database_url: str
) -> None:
    rooms = hall(service, 2)
    together(database_url, 2, 16, rooms)
    check(service, rooms, 32)
