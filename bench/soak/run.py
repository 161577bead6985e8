"""The command: `script/soak --minutes 20` prints figures; it fails if the server keeps anything."""

import argparse
import asyncio
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from bench import databases
from bench.soak import load, watch
from tests.support.client import Stage
from tests.support.server import Server

EVERY = 2  # seconds between two samples
GROWTH = 32  # megabytes by which memory may grow after the warm-up
MB = 1024 * 1024


class Kept(Exception):
    """The server has kept what it should have given back; the text says what."""


async def soak(server: Server, seconds: float, seed: str, growth: int) -> dict[str, object]:
    """Load a running server, let it come to rest; the figures. Raises Kept."""
    async with Stage(server) as stage, load.scene(stage, seed) as scene:
        await load.for_a_while(scene, min(seconds / 6, 60))
    before = await watch.quiet(server.url)
    memory: list[int] = []
    async with Stage(server) as stage:
        scene.stage = stage
        for person in scene.people:
            person.stage = stage
        sampling = asyncio.create_task(_sample(server.url, memory))
        try:
            await load.for_a_while(scene, seconds)
        finally:
            sampling.cancel()
        with suppress(asyncio.CancelledError):
            await sampling
    after = await watch.rest(server.url, lambda held: not watch.left(before, held))
    grown = watch.grown(memory)
    kept = watch.left(before, after)
    if grown > growth * MB:
        kept.append(f"memory: {grown / MB:.1f} MB more after the warm-up, at most {growth}")
    kept += server.faults()[:20]
    if kept:
        raise Kept("\n".join([*kept, f"before: {before}", f"after: {after}"]))
    return {
        "seconds of load": round(seconds),
        **load.steps(scene),
        "MB of memory at the beginning, after the warm-up": round(memory[0] / MB, 1),
        "MB of memory at the end": round(memory[-1] / MB, 1),
        "MB of memory in each sixth of the time, medians": watch.parts(memory, MB),
        "MB by which it grew after the warm-up (medians)": round(grown / MB, 1),
        "tasks before and after": f"{before.tasks}, {after.tasks}",
        "open files before and after": f"{before.files}, {after.files}",
        "database connections before and after": f"{before.idle}, {after.idle}",
        "sockets after": after.sockets,
    }


async def _sample(url: str, memory: list[int]) -> None:
    while True:
        memory.append((await watch.look(url)).memory)
        await asyncio.sleep(EVERY)


def main() -> None:
    """Exit status 0 when the server gave back everything, 1 when not."""
    parser = argparse.ArgumentParser(
        prog="script/soak", description="Mixed load; the server must give back what it takes."
    )
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--growth", type=int, default=GROWTH, help="megabytes (default: 32)")
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="trialogue-") as name:
        folder = Path(name)
        with databases.empty(options.database, folder) as url:
            server = Server(url, folder / "server")
            try:
                server.start()
                work = soak(server, options.minutes * 60, options.seed, options.growth)
                figures = asyncio.run(work)
            except Kept as error:
                sys.exit(f"KEPT, seed {options.seed!r}: {error}")
            finally:
                server.discard()
    for what, figure in figures.items():
        print(f"{figure!s:>12}  {what}")


if __name__ == "__main__":
    main()
