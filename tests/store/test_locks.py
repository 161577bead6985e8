"""One writer a SQLite file inside a process."""

import threading
from pathlib import Path

from trialogue.store import engines, locks


def test_a_file_is_locked_for_other_threads_by_whatever_path(tmp_path: Path) -> None:
    straight = engines.parse(f"sqlite:///{tmp_path / 'chat.db'}")
    winding = engines.parse(f"sqlite:///{tmp_path / 'x' / '..' / 'chat.db'}")
    order: list[str] = []

    def second() -> None:
        with locks.file_lock(winding):
            order.append("second")

    thread = threading.Thread(target=second)
    with locks.file_lock(straight):
        thread.start()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_servers_need_no_lock_and_a_child_forgets_them(tmp_path: Path) -> None:
    server = engines.parse("postgresql://localhost/x")
    file = engines.parse(f"sqlite:///{tmp_path / 'chat.db'}")
    with locks.file_lock(server), locks.file_lock(server), locks.file_lock(file):
        locks.forget_locks()
        with locks.file_lock(file):
            pass
