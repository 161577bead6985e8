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
ON_POSTGRESQL = "postgresql.spec.ts"
SPECS = sorted(path.name for path in (ROOT / "web" / "e2e").glob("*.spec.ts"))


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec != ON_POSTGRESQL])
def test_in_the_browser(spec: str, chromium: str) -> None:
    drive(spec, chromium)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_in_the_browser_on_postgresql(chromium: str, blank_database_url: str) -> None:
    drive(ON_POSTGRESQL, chromium, TRIALOGUE_E2E_POSTGRESQL_URL=blank_database_url)


def drive(spec: str, chromium: str, **settings: str) -> None:
    """Run one file; what it printed is shown where it fails."""
    environment = {
        **os.environ,
        "CHROMIUM": chromium,
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        **settings,
    }
    # A folder of its own: another file may run at the same time, and each begins by clearing it.
    output = f"test-results/{spec.removesuffix('.spec.ts')}"
    run = subprocess.run(
        [PROGRAMS / "npm", "run", "--silent", "e2e", "--", f"e2e/{spec}", "--output", output],
        cwd=ROOT / "web",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
