"""A server whose bus loses events: `python -m tests.support.lossy serve --port 0`.

`LOSES` names the events that never reach the bus, separated by commas. Everything else is the
program as it is.
"""

import os
import sys
from collections.abc import Sequence

from trialogue import cli, server
from trialogue.app import Parts
from trialogue.core.events import Event
from trialogue.live.bus import MemoryBus
from trialogue.settings import Settings

LOST = set(os.environ.get("LOSES", "").split(","))


class LossyBus(MemoryBus):
    """A bus that is handed everything and delivers the rest."""

    def publish(self, events: Sequence[Event]) -> None:
        """Deliver what is not to be lost."""
        super().publish([event for event in events if event.name not in LOST])


class LossyParts(Parts):
    """The parts of a server, with this bus."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.line.hub.bus = LossyBus(self.line.hub.receive)


def main() -> None:
    """Serve as always, from these parts."""
    server.Parts = LossyParts  # type: ignore[misc]
    sys.argv[0] = "trialogue"
    cli.main()


if __name__ == "__main__":
    main()
