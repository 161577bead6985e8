"""The collector of a server process leaves alone what is there when it has started."""

import subprocess
import sys

CODE = """
import gc
from trialogue import server
there = len(gc.get_objects())
server.rest()
made = [[] for _ in range(server.YOUNG // 2)]
print(gc.get_freeze_count() >= there, len(gc.get_objects()) < there / 10)
print(gc.isenabled(), gc.get_threshold()[0] == server.YOUNG)
"""


def test_what_is_there_at_the_start_is_looked_through_no_more() -> None:
    found = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.split() == ["True"] * 4
