"""Runs the replies of one node: claims them, asks the chain, tells and keeps what is written.

A reply lives in a task of its own, with no transaction open; whoever asked for it may go away.
One beat for all tells their text every 30 ms and keeps it twice a second.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

import structlog

from trialogue.ai import asking
from trialogue.ai.asking import Asking
from trialogue.ai.run import GATHER, Progress, Run
from trialogue.ai.watching import Watch, Watches
from trialogue.core import replies, reply_rows, runs, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, ReplyQueued
from trialogue.core.policy import Actor
from trialogue.store.database import Database

log = structlog.get_logger(__name__)

KEEP = 0.4  # seconds between checkpoints
LEASE = 15.0  # seconds that a node is believed to live after its last checkpoint
SWEEP = 5.0  # seconds between looks for what dead nodes have left
PATIENCE = 2.0  # seconds that replies may go on when the server stops
RETRY = 0.5  # seconds before a reply's end is written again when the database was away
POLL = 0.3  # seconds between looks at a reply that another node writes

Lane = tuple[str, str]  # a conversation and an assistant: one reply at a time


class Runner:
    """The replies of one node. `sole`: no other process writes to this database."""

    def __init__(
        self,
        database: Database,
        asking: Asking,
        *,
        node: str,
        sole: bool,
        publish: Callable[[Sequence[Event]], None],
    ) -> None:
        self._database = database
        self._asking = asking
        self._node = node
        self._sole = sole
        self._publish = publish
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._again: set[Lane] = set()
        self._runs: dict[str, Run] = {}
        self._by_message: dict[str, Run] = {}
        self._watches = Watches()
        self._claimed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.Task[None] | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._left = False  # something was left undone: look again
        self._stopping = False

    # Starting and stopping ------------------------------------------------------------------

    async def start(self) -> None:
        """Rescue what an earlier process of this node has left, and go on with what waits."""
        await self._sweep(sole=self._sole)
        self._sweeping = asyncio.create_task(self._sweep_forever())

    async def stop(self) -> None:
        """Claim no more; what is not done soon is interrupted, with all its text."""
        self._stopping = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._lanes.values(), *self._tasks, return_exceptions=True)
        if self._beating is not None:
            self._beating.cancel()
        await self._asking.close()

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            if self._left or not self._sole:
                try:
                    await self._sweep(sole=False)
                except ChatError as error:
                    self._left = True
                    log.warning("replies.sweep_postponed", reason=error.detail)

    async def _sweep(self, *, sole: bool) -> None:
        self._left = False
        for reply_id in await self._database.read(runs.orphans, sole=sole):
            if reply_id not in self._runs:  # its lease ran out while the database was away
                await self._database.write(runs.interrupt, reply_id, sole=sole)
        for lane in await self._database.read(runs.lanes):
            self._wake(lane)

    # Lanes ----------------------------------------------------------------------------------

    def committed(self, happened: Sequence[Event]) -> None:
        """What this process has just committed: promises are to be kept."""
        self._watches.committed(happened)
        for event in happened:
            if isinstance(event.data, ReplyQueued) and event.conversation_id is not None:
                self._wake((event.conversation_id, event.data.assistant_id))

    def doubted(self) -> None:
        """Nobody can say whether a change took place, which may have been a promise."""
        self._left = True

    def _wake(self, lane: Lane) -> None:
        if self._stopping:
            return
        if lane in self._lanes:
            self._again.add(lane)
        else:
            self._lanes[lane] = asyncio.get_running_loop().create_task(self._walk(lane))

    async def _walk(self, lane: Lane) -> None:
        """Write the replies of a lane, one after another, until none is left."""
        try:
            while not self._stopping:
                self._again.discard(lane)
                work = await self._claim(lane)
                if work is not None:
                    await self._run(work)
                elif lane not in self._again:
                    return
        except ChatError as error:
            self._left = True
            log.warning("replies.claim_postponed", reason=error.detail)
        except Exception:
            self._left = True
            log.exception("replies.lane_failed")
        finally:
            del self._lanes[lane]
            if lane in self._again:
                self._again.discard(lane)
                self._wake(lane)

    async def _claim(self, lane: Lane) -> runs.Work | None:
        conversation_id, assistant_id = lane
        return await self._database.write(
            runs.claim, conversation_id, assistant_id, node=self._node, until=self._until()
        )

    def _until(self) -> datetime:
        return self._database.now() + timedelta(seconds=LEASE)

    # One reply ------------------------------------------------------------------------------

    async def _run(self, work: runs.Work) -> None:
        run = Run(work)
        self._runs[work.reply.id] = self._by_message[work.message_id] = run
        run.task = asyncio.get_running_loop().create_task(self._write(run))
        async with self._claimed:
            self._claimed.notify_all()
        self._beat()
        try:
            await asyncio.shield(run.task)
        except asyncio.CancelledError:
            await asyncio.gather(run.task, return_exceptions=True)
        finally:
            del self._runs[work.reply.id], self._by_message[work.message_id]
            run.end()

    async def _write(self, run: Run) -> None:
        """Ask, and end the reply however that went; a stop has ended it already."""
        try:
            state, error = await self._asking.answer(run, self._tell)
        except asyncio.CancelledError:
            if run.frozen:
                await self._settle(run)
                return
            state, error = "interrupted", asking.STOPPED
        except Exception:
            log.exception("replies.failed", reply=run.work.reply.id)
            state, error = "failed", asking.BROKEN
        self._flush(run)
        run.freeze()
        await self._end(run, state, error)

    async def _end(self, run: Run, state: wire.ReplyState, error: wire.ReplyError | None) -> None:
        """Write how it ended. While the database is away the text is kept here."""
        final = run.final(state, error)
        for tries in range(60):
            try:
                await self._database.write(runs.finish, run.work, final, run.text, run.spent)
                break
            except ChatError as problem:
                log.warning("replies.end_postponed", reason=problem.detail)
                self._left = True
                if self._stopping and tries * RETRY > PATIENCE:
                    break  # who starts next finds what was kept
                await asyncio.sleep(RETRY)
        if state == "done":
            self.spawn(self._asking.afterwards(run))

    async def _settle(self, run: Run) -> None:
        """What a stopped reply cost; the stop itself is written."""
        try:
            await self._database.write(runs.settle, run.spent)
        except ChatError as problem:
            log.warning("replies.usage_lost", reason=problem.detail)

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run something beside; what fails is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("replies.task_failed", exc_info=task.exception())

    # Telling and keeping --------------------------------------------------------------------

    def _tell(self, run: Run, reason: str | None) -> None:
        """Something was written, or (with a reason) all of it starts over."""
        if reason is not None:
            self._publish(run.restart(reason))
        elif run.due and not run.frozen:
            self._publish([run.delta()])

    def _flush(self, run: Run) -> None:
        if run.told < len(run.text):
            self._publish([run.delta()])

    def _beat(self) -> None:
        if self._beating is None or self._beating.done():
            self._beating = asyncio.get_running_loop().create_task(self._beat_on())

    async def _beat_on(self) -> None:
        """Goes on while anything is being written: a node without replies does nothing."""
        kept_at = monotonic()
        while self._runs:
            await asyncio.sleep(GATHER)
            try:
                due = [run.delta() for run in self._runs.values() if run.due and not run.frozen]
                if due:
                    self._publish(due)
                if monotonic() - kept_at >= KEEP:
                    kept_at = monotonic()
                    await self._keep()
            except Exception:  # the leases of all replies hang on this beat
                log.exception("replies.beat_failed")

    async def _keep(self) -> None:
        clock = monotonic()
        written = {
            reply_id: run.checkpoint()
            for reply_id, run in self._runs.items()
            if run.is_due(clock) and not run.frozen
        }
        if not written:
            return
        try:
            own = await self._database.write(runs.keep, self._node, self._until(), written)
        except ChatError as error:
            log.warning("replies.checkpoint_postponed", reason=error.detail)
            return
        for reply_id, checkpoint in written.items():
            run = self._runs.get(reply_id)
            if run is None:
                continue
            if reply_id in own:
                run.was_kept(checkpoint)
            elif not run.frozen and run.task is not None:  # stopped elsewhere, or recalled
                run.freeze()
                run.task.cancel()

    # What people ask for --------------------------------------------------------------------

    async def cancel(self, actor: Actor, reply_id: str) -> wire.Message:
        """Stop a reply: what was written until now stays, nothing is added, and the line to the
        provider is closed when this returns. Raises ChatError `not_found`."""
        await self._database.read(replies.find, actor, reply_id)
        run = self._runs.get(reply_id)
        if run is None or run.frozen:
            return await self._database.write(replies.cancel, actor, reply_id)
        self._flush(run)
        run.freeze()
        try:
            stopped = await self._database.write(
                replies.cancel, actor, reply_id, text=run.text, attempt=run.attempt
            )
        except ChatError:
            run.thaw()
            raise
        if run.task is not None:
            run.task.cancel()
            await asyncio.wait([run.task], timeout=PATIENCE)
        return stopped

    async def follow(self, actor: Actor, message_id: str) -> wire.ReplyText:
        """The text of a reply so far; ChatError `not_found`, `not_member`."""
        kept = await self._database.read(replies.text, actor, message_id)
        run = self._by_message.get(message_id)
        if run is None:
            return kept
        seen = run.progress
        return wire.ReplyText(seen.attempt, seen.text)

    async def begun(self, actor: Actor, reply_id: str, patience: float) -> replies.Known:
        """Where a reply stands once its message is there, or after `patience` seconds."""
        deadline = monotonic() + patience
        while True:
            known = await self._database.read(replies.find, actor, reply_id)
            rest = deadline - monotonic()
            if known.message_id is not None or known.state in reply_rows.ENDED or rest <= 0:
                return known
            await self._wait_for_claim(min(rest, POLL))

    async def _wait_for_claim(self, patience: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), self._claimed:
                await self._claimed.wait()

    async def watch(self, actor: Actor, message_id: str) -> AsyncIterator[Progress | None]:
        """A reply as it grows, on whatever node; None is a sign of life. Ends when nothing more
        comes; raises ChatError once the actor may not see it (any more)."""
        conversation_id, now = await self._look(actor, message_id)
        seen: Progress = now
        watch = Watch(actor, conversation_id)
        self._watches.add(watch)
        try:
            yield seen
            while not seen.ended:
                run = self._by_message.get(message_id)
                following: Progress | None
                if run is None:
                    await asyncio.sleep(POLL)
                    following = (await self._look(actor, message_id))[1]
                else:
                    following = await watch.change(run, seen)
                if following is None:
                    await self._look(actor, message_id)  # what other nodes did to the actor
                yield following
                seen = following or seen
        finally:
            self._watches.remove(watch)

    async def _look(self, actor: Actor, message_id: str) -> tuple[str, Progress]:
        known = await self._database.read(replies.look, actor, message_id)
        ended = known.state not in ("queued", "streaming")
        run = self._by_message.get(message_id)
        if run is not None and not ended:
            return known.conversation_id, run.progress
        return known.conversation_id, Progress(known.text.attempt, known.text.text, ended)

    @property
    def writing(self) -> Mapping[str, Run]:
        """The replies that are being written here."""
        return self._runs
