"""What a server process does, in numbers, as Prometheus reads them.

Hot paths count in plain numbers of their own; they are read here when somebody asks. Requests alone
are observed one by one.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from trialogue import __version__
from trialogue.ai.chain import Chain
from trialogue.ai.runner import Runner
from trialogue.core import sessions
from trialogue.core.errors import ChatError
from trialogue.live.line import Line
from trialogue.store.batcher import Batcher
from trialogue.store.database import Database

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics(Collector):
    """The numbers of one process."""

    def __init__(
        self, *, database: Database, batcher: Batcher, line: Line, chain: Chain, runner: Runner
    ) -> None:
        self._database = database
        self._batcher = batcher
        self._line = line
        self._chain = chain
        self._runner = runner
        self._tasks = 0
        self._sessions: int | None = None
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "trialogue_http_request_seconds",
            "Requests, by the time until their answer began.",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        self._registry.register(self)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request to a route, by its template, was answered."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    async def text(self) -> bytes:
        """All numbers, in the text format 0.0.4."""
        self._tasks = len(asyncio.all_tasks())
        try:
            self._sessions = await self._database.read(sessions.count_open)
        except ChatError:
            self._sessions = None  # the other numbers are wanted the more
        return await asyncio.to_thread(generate_latest, self._registry)

    def collect(self) -> Iterable[Metric]:
        """The plain numbers. Called in a thread, while the server goes on counting."""
        yield _labelled("trialogue_info", "This server.", ["version"], {(__version__,): 1})
        yield from self._live()
        yield from self._store()
        yield from self._replies()
        yield GaugeMetricFamily("trialogue_tasks", "Tasks of the event loop.", self._tasks)

    def _live(self) -> Iterator[Metric]:
        floor = self._line.floor
        yield GaugeMetricFamily("trialogue_sockets", "Open sockets.", floor.heartbeat.size)
        yield _counted(
            "trialogue_commands",
            "Commands of sockets that were answered, by outcome: ok, or the code of the error.",
            ["command", "outcome"],
            floor.answers,
        )
        yield CounterMetricFamily(
            "trialogue_deliveries",
            "Events that were written to sockets.",
            self._line.hub.writer.deliveries,
        )

    def _store(self) -> Iterator[Metric]:
        yield CounterMetricFamily(
            "trialogue_messages", "Messages that were posted here.", self._batcher.posted
        )
        yield _batches(dict(self._batcher.sizes))
        tally = self._database.tally
        transactions = SummaryMetricFamily(
            "trialogue_database_transaction_seconds",
            "Transactions of the server, with waiting for their turn.",
            labels=["kind"],
        )
        transactions.add_metric(["read"], tally.reads, tally.read_seconds)
        transactions.add_metric(["write"], tally.writes, tally.write_seconds)
        yield transactions
        yield CounterMetricFamily(
            "trialogue_database_retries",
            "Transactions that were done again, after deadlocks and the like.",
            tally.retries,
        )
        used, idle = self._database.connections()
        yield _labelled(
            "trialogue_database_connections",
            "Connections to the database, by state: used, or idle.",
            ["state"],
            {("used",): used, ("idle",): idle},
        )
        if self._sessions is not None:
            yield GaugeMetricFamily(
                "trialogue_sessions",
                "Sessions of conversations that have not ended, in the whole database.",
                self._sessions,
            )

    def _replies(self) -> Iterator[Metric]:
        yield _counted(
            "trialogue_ai_attempts",
            "Attempts to have a provider answer, by outcome: done, cancelled, skipped, or why not.",
            ["provider", "outcome"],
            self._chain.attempts,
        )
        yield GaugeMetricFamily(
            "trialogue_replies_streaming", "Replies being written here.", len(self._runner.writing)
        )


def _labelled(
    name: str, meaning: str, labels: list[str], values: Mapping[tuple[str, ...], int]
) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for names, value in values.items():
        family.add_metric(names, value)
    return family


def _counted(
    name: str, meaning: str, labels: list[str], values: Mapping[tuple[str, str], int]
) -> Metric:
    family = CounterMetricFamily(name, meaning, labels=labels)
    for names, value in dict(values).items():
        family.add_metric(names, value)
    return family


def _batches(sizes: Mapping[int, int]) -> Metric:
    """A histogram of how many messages were posted in one transaction."""
    buckets = [
        (str(float(most)), sum(count for size, count in sizes.items() if size <= most))
        for most in SIZES
    ]
    whole = sum(sizes.values())
    family = HistogramMetricFamily("trialogue_batch_size", "Messages posted in one transaction.")
    messages = sum(size * count for size, count in sizes.items())
    family.add_metric([], [*buckets, ("+Inf", whole)], messages)
    return family
