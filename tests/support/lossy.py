"""A server whose bus loses events: `python -m tests.support.lossy serve --port 0`.

`LOSES` names the events that never reach the bus, separated by commas. Everything else is the
program as it is.
"""

import os
import sys
from collections.abc import Sequence

from trialogue import app, cli
from trialogue.core.events import Event
from trialogue.live.bus import MemoryBus

LOST = set(os.environ.get("LOSES", "").split(","))


class LossyBus(MemoryBus):
    """A bus that is handed everything and delivers the rest."""

    def publish(self, events: Sequence[Event]) -> None:
        """Deliver what is not to be lost."""
        super().publish([event for event in events if event.name not in LOST])


def main() -> None:
    """Serve as always, on this bus."""
    app.MemoryBus = LossyBus  # type: ignore[misc]
    sys.argv[0] = "trialogue"
    cli.main()


if __name__ == "__main__":
    main()
