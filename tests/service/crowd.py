"""Many threads on one service, as a program of its own too:
`python -m tests.service.crowd URL NAME THREADS OPERATIONS ROOM…`."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from trialogue import ChatService


def work(service: ChatService, name: str, operations: int, rooms: list[str]) -> list[str]:
    """One thread: makes a user and a conversation, joins all rooms, and sends; returns the ids
    of what it sent to the rooms."""
    user = service.create_user(name)
    own = service.create_conversation(f"Of {name}", member_ids=[user.id])
    for room in rooms:
        service.add_user_to_conversation(room, user.id)
    sent = []
    for number in range(operations - 4 - len(rooms)):
        said = service.send_message(rooms[number % len(rooms)], user.id, f"{name} {number}")
        sent.append(said.id)
    service.send_message(own.id, user.id, "Alone")
    service.mark_message_as_read(sent[-1], user.id)
    return sent


def run(service: ChatService, name: str, threads: int, operations: int, rooms: list[str]) -> None:
    """All threads at once; each failure is raised."""
    start = threading.Barrier(threads, timeout=60)

    def begin(number: int) -> list[str]:
        start.wait()
        return work(service, f"{name}{number:02}", operations, rooms)

    with ThreadPoolExecutor(threads) as pool:
        sent = [each for done in pool.map(begin, range(threads)) for each in done]
    assert len(set(sent)) == len(sent) == threads * (operations - 4 - len(rooms))


if __name__ == "__main__":
    url, name, threads, operations, *rooms = sys.argv[1:]
    run(ChatService(url), name, int(threads), int(operations), rooms)
