"""The browser tests of `web/e2e`, one file a test: named people in separate browsers.

Playwright runs them in Debian's Chromium (`CHROMIUM`), against servers that they start themselves.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("unmeasured")

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent  # trialogue, node and npm of this checkout
ON_POSTGRESQL = "postgresql.spec.ts"
SPECS = sorted(path.name for path in (ROOT / "web" / "e2e").glob("*.spec.ts"))


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec != ON_POSTGRESQL])
def test_in_the_browser(spec: str, chromium: str, tmp_path: Path) -> None:
    drive(spec, chromium, tmp_path)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_in_the_browser_on_postgresql(
    chromium: str, tmp_path: Path, blank_database_url: str
) -> None:
    drive(ON_POSTGRESQL, chromium, tmp_path, TRIALOGUE_E2E_POSTGRESQL_URL=blank_database_url)


def drive(spec: str, chromium: str, folder: Path, **settings: str) -> None:
    """Run one file; what it printed is shown where it fails."""
    environment = {
        **os.environ,
        "CHROMIUM": chromium,
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        **settings,
    }
    # A folder of its own: another file may run at the same time, and each begins by clearing it.
    output = f"test-results/{spec.removesuffix('.spec.ts')}"
    command = [PROGRAMS / "npm", "run", "--silent", "e2e", "--", f"e2e/{spec}", "--output", output]
    # A file, not a pipe: whoever is left behind with its other end would be waited for.
    with open(folder / "printed", "w+", encoding="utf-8") as printed:
        run = subprocess.run(
            command,
            cwd=ROOT / "web",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            check=False,
        )
        printed.seek(0)
        assert run.returncode == 0, printed.read()
