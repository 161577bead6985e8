"""What a server holds, by its own numbers, and whether it gave back what it took."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import httpx
from prometheus_client.parser import text_string_to_metric_families

PATIENCE = 90  # seconds until everything has come to rest: presence and typing end by themselves
LOOK = 0.5  # seconds between two looks
FILES_EACH = 3  # that a connection of SQLite opens: the database, its log, its index
WARM_UP = 0.25  # of the samples: caches fill, modules are loaded


@dataclass(frozen=True, slots=True)
class Held:
    """What a server holds at one moment; `memory` in bytes."""

    memory: int
    tasks: int
    sockets: int
    files: int
    used: int  # database connections
    idle: int
    streaming: int


async def look(url: str) -> Held:
    """What it says at `/metrics`, over a connection of its own."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        answer = (await http.get("/metrics")).raise_for_status()
    found = {
        (sample.name, sample.labels.get("state")): int(sample.value)
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    connections = "trialogue_database_connections"
    return Held(
        memory=found["process_resident_memory_bytes", None],
        tasks=found["trialogue_tasks", None],
        sockets=found["trialogue_sockets", None],
        files=found["process_open_fds", None],
        used=found[connections, "used"],
        idle=found[connections, "idle"],
        streaming=found["trialogue_replies_streaming", None],
    )


async def rest(url: str, settled: Callable[[Held], bool]) -> Held:
    """What it holds once that is `settled`, or after the time in which it must be."""
    until = time.monotonic() + PATIENCE
    while True:
        held = await look(url)
        if settled(held) or time.monotonic() > until:
            return held
        await asyncio.sleep(LOOK)


async def quiet(url: str) -> Held:
    """The least that it holds without any load: what the end is compared with."""
    held = await rest(url, lambda one: not (one.sockets or one.used or one.streaming))
    until = time.monotonic() + 20 * LOOK
    while time.monotonic() < until:
        await asyncio.sleep(LOOK)
        now = await look(url)
        least = {name: min(getattr(now, name), getattr(held, name)) for name in ("tasks", "files")}
        held = replace(now, **least)
    return held


def left(before: Held, after: Held) -> list[str]:
    """What was not given back, in words."""
    opened = max(after.idle - before.idle, 0)
    bounds = {
        "sockets": (after.sockets, 0),
        "replies": (after.streaming, 0),
        "database connections in use": (after.used, 0),
        "tasks": (after.tasks, before.tasks),
        "open files": (after.files, before.files + FILES_EACH * opened),
    }
    return [f"{what}: {now}, at most {most}" for what, (now, most) in bounds.items() if now > most]


def grown(memory: Sequence[int]) -> int:
    """By how many bytes memory has grown after the warm-up: medians of the first and of the last
    third of what follows it."""
    after = memory[int(len(memory) * WARM_UP) :]
    third = max(len(after) // 3, 1)
    return int(median(after[-third:]) - median(after[:third]))


def parts(memory: Sequence[int], unit: int, count: int = 6) -> str:
    """The medians of equal parts of the time, in this unit: whether a growth comes to an end."""
    cuts = [len(memory) * place // count for place in range(count + 1)]
    found = [memory[first:last] for first, last in pairwise(cuts) if first < last]
    return ", ".join(f"{median(part) / unit:.0f}" for part in found)
