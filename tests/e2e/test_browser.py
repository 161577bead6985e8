"""The browser tests of `web/e2e`, one file a test: named people in separate browsers.

Playwright runs them in Debian's Chromium (`CHROMIUM`), against servers that they start themselves.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent  # trialogue, node and npm of this checkout
SPECS = sorted(path.name for path in (ROOT / "web" / "e2e").glob("*.spec.ts"))


@pytest.mark.parametrize("spec", SPECS)
def test_in_the_browser(spec: str, chromium: str) -> None:
    environment = {
        **os.environ,
        "CHROMIUM": chromium,
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
    }
    command = [PROGRAMS / "npm", "exec", "--", "playwright", "test", f"e2e/{spec}"]
    run = subprocess.run(
        command,
        cwd=ROOT / "web",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
