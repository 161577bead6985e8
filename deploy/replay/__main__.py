"""The command: build deploy/Dockerfile in a clean root, and try the result on each database.

script/replay [--python PATH] [--database URL]… [--keep FOLDER]
"""

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from deploy.replay import build, root, trial
from deploy.replay.build import Builder, BuildError, Image
from deploy.replay.dockerfile import DockerfileError
from deploy.replay.root import Unable
from deploy.replay.trial import TrialError

CHECKOUT = Path(__file__).parents[2]
ENVIRONMENT = "/opt/trialogue"
# What python:…-slim has of the libraries that wheels may be linked with: those of the manylinux
# standard, with the C and C++ runtimes of Debian's minimal system.
SLIM = {
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libstdc++.so.6",
    "libutil.so.1",
    "libz.so.1",
}
MOST = 300  # megabytes of the environment
TELL = partial(print, flush=True)


def main() -> int:
    """0 where all is well, 1 where it is not, 2 where this machine cannot replay."""
    arguments = _arguments()
    started = time.monotonic()
    try:
        root.examine()
        with tempfile.TemporaryDirectory(prefix="trialogue-replay-") as temporary:
            _replay(Path(arguments.keep or temporary), arguments.python, arguments.database)
    except Unable as reason:
        print(f"This machine cannot replay it: {reason}", file=sys.stderr)
        return 2
    except (BuildError, DockerfileError, TrialError) as problem:
        print(f"Failed: {problem}", file=sys.stderr)
        return 1
    print(f"All is well, after {time.monotonic() - started:.0f} s")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/replay", description=__doc__)
    parser.add_argument(
        "--python", default=sys.executable, help="interpreter that stands for the image of Python"
    )
    parser.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="URL",
        help="try it on this database, too, which must have no tables (SQLite is always tried)",
    )
    parser.add_argument("--keep", metavar="FOLDER", help="build here, and leave it (an empty one)")
    return parser.parse_args()


def _replay(folder: Path, interpreter: str, urls: list[str]) -> None:
    image = Builder(CHECKOUT, folder / "build", interpreter, TELL).build()
    _weigh(image)
    for number, url in enumerate(["", *urls]):
        place = folder / f"trial{number}"
        place.mkdir()
        # No model server of the host is looked for.
        settings = {"TRIALOGUE_AI_PROVIDERS": "demo", **({"DATABASE_URL": url} if url else {})}
        TELL(f"CMD {' '.join(image.command)}")
        trial.attempt(image, place, settings, TELL)


def _weigh(image: Image) -> None:
    """What the result asks of the system, and how large it is."""
    if strange := build.needs_of_system(image, ENVIRONMENT) - SLIM:
        raise BuildError(f"asks the system for {', '.join(sorted(strange))}")
    megabytes = build.size(image, ENVIRONMENT) / 1e6
    if megabytes > MOST:
        raise BuildError(f"{ENVIRONMENT} has {megabytes:.0f} MB, more than {MOST}")
    TELL(f"  {ENVIRONMENT}: {megabytes:.0f} MB, with no library that a slim image lacks")


if __name__ == "__main__":
    sys.exit(main())
