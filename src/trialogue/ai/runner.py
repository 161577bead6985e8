"""Runs the replies of one node: claims them, asks the chain, tells and keeps what is written.

A reply lives in a task of its own, with no transaction open; whoever asked for it may go away.
One beat for all tells their text every 30 ms and keeps it twice a second.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic

import structlog

from trialogue.ai import asking
from trialogue.ai.asking import Asking
from trialogue.ai.rescue import rescue
from trialogue.ai.run import GATHER, Run
from trialogue.ai.watching import Seen
from trialogue.core import replies, runs, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, ReplyQueued, ReplyStopped
from trialogue.core.policy import Actor
from trialogue.core.promises import Lease, Work
from trialogue.store.database import Database

log = structlog.get_logger(__name__)

KEEP = 0.4  # seconds between checkpoints
LEASE = 15.0  # seconds that a node is believed to live after its last checkpoint
SWEEP = 5.0  # seconds between looks for what dead nodes have left
PATIENCE = 2.0  # seconds that replies may go on when the server stops
RETRY = 0.5  # seconds before a reply's end is written again when the database was away

Lane = tuple[str, str]  # a conversation and an assistant: one reply at a time


class Runner(Seen):
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
        super().__init__(database)
        self._asking = asking
        self._node = node
        self._sole = sole
        self._publish = publish
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._again: set[Lane] = set()
        self._begun: dict[Lane, Run] = {}  # with their questions; their lanes are still busy
        self._expected: set[str] = set()  # begun here; they come unless nobody waited so long
        self._runs: dict[str, Run] = {}
        self._hindrances: Counter[str] = Counter()  # by reply: stops that are under way
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.Task[None] | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._left = False  # something was left undone: look again
        self._ready = self._stopping = False

    # Starting and stopping ------------------------------------------------------------------

    async def start(self) -> None:
        """Rescue what an earlier process of this node has left, and go on with what waits."""
        await self._sweep(sole=self._sole)
        self._ready = True
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
        await asyncio.gather(*tasks, *self._lanes.values(), return_exceptions=True)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._beating is not None:
            self._beating.cancel()
        await self._asking.close()

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            if self._left or self._expected or not self._sole:
                try:
                    await self._sweep(sole=False)
                except ChatError as error:
                    self._left = True
                    log.warning("replies.sweep_postponed", reason=error.detail)
                except Exception:  # what dead nodes leave must be looked for again
                    self._left = True
                    log.exception("replies.sweep_failed")

    async def _sweep(self, *, sole: bool) -> None:
        self._left = False
        self._expected.clear()
        found = await rescue(self._database, self._node, sole=sole, holds=self._holds)
        self._left |= found.fresh
        for lane in found.lanes:
            self._wake(lane)

    def _holds(self, reply_id: str) -> bool:
        return any(run.work.reply.id == reply_id for run in self._held())

    def _held(self) -> list[Run]:
        return [*self._begun.values(), *self._runs.values()]

    # Lanes ----------------------------------------------------------------------------------

    def committed(self, happened: Sequence[Event]) -> None:
        """What this process has just committed: promises are to be kept."""
        self._watches.committed(happened)
        for event in happened:
            match event.data:
                case ReplyQueued(assistant_id=assistant_id, begun=False) if event.conversation_id:
                    self._wake((event.conversation_id, assistant_id))
                case wire.LiveMessage(state="streaming", reply=wire.Reply(id=reply_id)):
                    self._expected.add(reply_id)

    def doubted(self) -> None:
        """Nobody can say whether a change took place, which may have been a promise."""
        self._left = True

    def lease(self) -> Lease | None:
        """For replies that are begun with their question; None while this node begins none."""
        return self._lease() if self._ready and not self._stopping else None

    def begin(self, work: Work) -> None:
        """Write a reply that was begun with its question."""
        run = Run(work)
        if self._stopping:
            self.spawn(self._end(run, "interrupted", asking.STOPPED))
            return
        lane = (work.conversation_id, work.reply.assistant_id)
        self._begun[lane] = run
        self._beat()
        self._wake(lane)

    def _wake(self, lane: Lane) -> None:
        if lane in self._lanes:
            self._again.add(lane)
        elif not self._stopping:
            self._lanes[lane] = asyncio.get_running_loop().create_task(self._walk(lane))

    async def _walk(self, lane: Lane) -> None:
        """Write the replies of a lane, one after another, until none is left."""
        try:
            while not self._stopping:
                self._again.discard(lane)
                run = self._begun.pop(lane, None) or await self._claim(lane)
                if run is not None and self._stopping:  # claimed while it was told to stop
                    await self._end(run, "interrupted", asking.STOPPED)
                    return
                more = await self._run(run) if run is not None else False
                if not more and lane not in self._again:
                    return
        except ChatError as error:
            self._left = True
            log.warning("replies.claim_postponed", reason=error.detail)
        except Exception:
            self._left = True
            log.exception("replies.lane_failed")
        finally:
            del self._lanes[lane]
            if (left := self._begun.pop(lane, None)) is not None:
                self.begin(left.work)
            if lane in self._again:
                self._again.discard(lane)
                self._wake(lane)

    async def _claim(self, lane: Lane) -> Run | None:
        work = await self._database.write(runs.claim, *lane, self._lease())
        return Run(work) if work is not None else None

    def _lease(self) -> Lease:
        return Lease(self._node, self._database.now() + timedelta(seconds=LEASE))

    # One reply ------------------------------------------------------------------------------

    async def _run(self, run: Run) -> bool:
        """Write a reply; whether another one of its lane may wait."""
        work = run.work
        self._runs[work.reply.id] = self._by_message[work.message_id] = run
        self._expected.discard(work.reply.id)
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
        return run.more

    async def _write(self, run: Run) -> None:
        """Ask, and end the reply however that went; a stop has ended it already."""
        try:
            await self._unhindered(run.work.reply.id)
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
                ended = await self._database.write(
                    runs.finish, run.work, final, run.text, run.spent
                )
                run.more = ended.more
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
        while self._runs or self._begun:
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
        clock = monotonic()  # among others none is left out: they may have stopped a silent one
        held = {run.work.reply.id: run for run in self._held()}
        written = {
            reply_id: run.checkpoint()
            for reply_id, run in held.items()
            if not run.frozen and (run.is_due(clock) or not self._sole)
        }
        if not written:
            return
        try:
            own = await self._database.write(runs.keep, self._node, self._lease().until, written)
        except ChatError as error:
            log.warning("replies.checkpoint_postponed", reason=error.detail)
            return
        for reply_id, checkpoint in written.items():
            if reply_id in own:
                held[reply_id].was_kept(checkpoint)
            else:  # stopped elsewhere, or recalled
                self._drop(held[reply_id])

    def _drop(self, run: Run) -> None:
        self._begun = {lane: one for lane, one in self._begun.items() if one is not run}
        run.drop()

    def stopped(self, told: ReplyStopped) -> None:
        """A reply was stopped, here or elsewhere: write no more of it."""
        for run in self._held():
            if run.work.reply.id == told.reply_id and run.work.epoch < told.epoch:
                self._drop(run)

    # What people ask for --------------------------------------------------------------------

    async def cancel(self, actor: Actor, reply_id: str) -> wire.Message:
        """Stop a reply: what was written until now stays, nothing is added, and the line to the
        provider is closed when this returns. Raises ChatError `not_found`."""
        await self._database.read(replies.find, actor, reply_id)
        run = self._runs.get(reply_id)
        if run is None or run.frozen:
            async with self._hindered(reply_id):
                stopped = await self._database.write(replies.cancel, actor, reply_id)
                await self._leave(self._forget(reply_id))
            return stopped
        self._flush(run)
        run.freeze()
        try:
            stopped = await self._database.write(
                replies.cancel, actor, reply_id, text=run.text, written=run.final("cancelled")
            )
        except ChatError:
            run.thaw()
            raise
        await self._leave(run)
        return stopped

    @asynccontextmanager
    async def _hindered(self, reply_id: str) -> AsyncIterator[None]:
        """While it is being stopped nobody begins to write it here: that would be lost."""
        self._hindrances[reply_id] += 1
        try:
            yield
        finally:
            self._hindrances[reply_id] -= 1
            self._hindrances += Counter()  # without those that are over
            async with self._claimed:
                self._claimed.notify_all()

    async def _unhindered(self, reply_id: str) -> None:
        if self._hindrances[reply_id]:
            async with self._claimed:
                await self._claimed.wait_for(lambda: not self._hindrances[reply_id])

    def _forget(self, reply_id: str) -> Run | None:
        """Do not write what was stopped on its way here; its run, where that has just begun."""
        for run in tuple(self._begun.values()):
            if run.work.reply.id == reply_id:
                self._drop(run)
        begun = self._runs.get(reply_id)
        return begun if begun is not None and not begun.frozen else None

    async def _leave(self, run: Run | None) -> None:
        if run is not None and run.task is not None:
            run.freeze()
            run.task.cancel()
            await asyncio.wait([run.task], timeout=PATIENCE)

    @property
    def writing(self) -> Mapping[str, Run]:
        """The replies that are being written here."""
        return self._runs
