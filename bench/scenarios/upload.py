"""Uploads of 100 MB over HTTP: how fast, and that the server's memory stays flat.

The raw limit writes the same stream to the same disk. Both sync the file before they answer.
"""

import http.client
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from bench.machine import cpu_seconds, forget_most, most_resident, resident
from bench.population import Population
from bench.processes import HOST, Running, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns

MEASURES = "an upload of 100 MB: MB/s, and memory of the server meanwhile"
RUNS = 5
MB = 1_000_000
SIZE = 100 * MB
PIECE = 256 * 1024  # bytes that the load hands over at a time
WARM_UP = 5 * MB
AT_ONCE = (1, 4)  # uploads at the same time
GROWTH_MOST = 10  # MB, however large the file is
BOUNDARY = "----of-one-file"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="film.bin"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


def measure(runs: int) -> Result:
    """Both servers in turns, one upload and several at once."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        population = Population(Path(folder))
        (person,) = population.people(1)
        population.close()
        with trialogue(Path(folder)) as server, raw("upload", folder.encode()) as bare:
            sides = {"server": server, "raw": bare}
            for side in sides.values():
                side.wait_healthy()
                _upload(side, person.token, WARM_UP)
            found = [_run(sides, person.token, turn) for turn in turns(runs)]
    return _result(found)


def _run(sides: dict[str, Running], token: str, turn: int) -> dict[str, Figures]:
    order = sorted(sides, reverse=bool(turn % 2))
    return {
        f"{name}, {count} at once": _volley(sides[name], token, count)
        for count in AT_ONCE
        for name in order
    }


def _volley(side: Running, token: str, count: int) -> Figures:
    before, cpu = resident(side.pid), cpu_seconds(side.pid)
    forget_most(side.pid)
    began = perf_counter()
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda _: _upload(side, token, SIZE), range(count)))
    seconds = perf_counter() - began
    return {
        "mb_per_second": count * SIZE / MB / seconds,
        "memory_growth_mb": (most_resident(side.pid) - before) / MB,
        "cpu_ms_per_mb": (cpu_seconds(side.pid) - cpu) / (count * SIZE / MB) * 1e3,
    }


def _upload(side: Running, token: str, size: int) -> None:
    line = http.client.HTTPConnection(HOST, side.port)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(HEAD) + size + len(TAIL)),
    }
    line.request("POST", "/api/v1/attachments", body=_body(size), headers=headers)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    if answer.status != 201:
        raise ConnectionError(f"{answer.status}: {body[:500]!r}")


def _body(size: int) -> Iterator[bytes]:
    """A file that no other one equals, of no known type."""
    yield HEAD
    piece = b"\0" + os.urandom(PIECE - 1)
    while size > 0:
        yield piece[:size]
        size -= len(piece)
    yield TAIL


UNITS = {"mb_per_second": "MB/s", "memory_growth_mb": "MB", "cpu_ms_per_mb": "ms/MB"}


def _result(found: Sequence[dict[str, Figures]]) -> Result:
    rows = [
        Row.of(
            f"{figure}, {count} at once",
            unit,
            [turn[f"server, {count} at once"][figure] for turn in found],
            [turn[f"raw, {count} at once"][figure] for turn in found],
        )
        for count in AT_ONCE
        for figure, unit in UNITS.items()
    ]
    growth = {row.what: row.server for row in rows}
    return Result(
        name="upload",
        measures=MEASURES,
        settings={"bytes": SIZE, "at_once": AT_ONCE, "storage": "local disk", "fsync": True},
        runs=found,
        rows=rows,
        budgets=[
            Budget(
                f"memory, {count} at once",
                growth[f"memory_growth_mb, {count} at once"],
                "MB",
                most=GROWTH_MOST * count,
            )
            for count in AT_ONCE
        ],
    )
