"""`trialogue` for whose limits no time passes: what a test has spent does not come back meanwhile,
however slow the machine is."""

import sys

from trialogue.cli import app
from trialogue.gate.limiter import Limiter

COMMAND = [sys.executable, "-m", "tests.support.timeless", "serve"]

if __name__ == "__main__":
    assert Limiter.__init__.__kwdefaults__ is not None
    Limiter.__init__.__kwdefaults__["clock"] = lambda: 0.0
    app()
