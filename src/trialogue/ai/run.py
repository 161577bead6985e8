"""One reply while it is being written: its text, what of it was told and kept, who failed.

Pure: the runner publishes and keeps what a run says is due.
"""

import asyncio
from dataclasses import dataclass, field, replace
from time import monotonic

from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.usage import Usage
from trialogue.core import wire
from trialogue.core.events import Event, ReplyDelta, ReplyRestarted
from trialogue.core.promises import Work
from trialogue.core.runs import Checkpoint
from trialogue.core.usage import Spent

GATHER = 0.03  # seconds over which text is gathered into one delta
RENEW = 3.0  # seconds after which a lease is renewed though nothing was written


@dataclass(frozen=True, slots=True)
class Progress:
    """What can be seen of a reply at a moment; `ended` when nothing more comes."""

    attempt: int
    text: str
    ended: bool

    @property
    def key(self) -> tuple[int, int, bool]:
        """What tells two moments apart."""
        return self.attempt, len(self.text), self.ended


@dataclass(slots=True, eq=False)
class Run:
    """The writing of one claimed reply."""

    work: Work
    attempt: int = 0
    text: str = ""
    told: int = 0  # characters that were published
    told_at: float = 0.0
    kept: tuple[int, int, int] = (0, 0, 0)  # attempt, length, links asked at the last checkpoint
    kept_at: float = field(default_factory=monotonic)
    frozen: bool = False
    ended: bool = False
    more: bool = True  # whether others may wait for this one to end
    link: Link | None = None
    model: str | None = None
    finish: wire.Finish = "stop"
    failed: list[wire.ReplyAttempt] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    _held: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.attempt = self.work.reply.attempt
        self.text = self.work.prefill
        self.told = len(self.text)
        self.kept = self._stand

    # Text ---------------------------------------------------------------------------------

    def add(self, piece: str) -> None:
        """More text. While a stop is being decided it is held back."""
        if self.frozen:
            self._held.append(piece)
        else:
            self.text += piece

    def freeze(self) -> None:
        """Take no more text."""
        self.frozen = True

    def drop(self) -> None:
        """Somebody else has ended it: ask for no more."""
        if not self.frozen and self.task is not None:
            self.freeze()
            self.task.cancel()

    def thaw(self) -> None:
        """The stop did not take place: go on with what came meanwhile."""
        self.frozen = False
        held, self._held = self._held, []
        for piece in held:
            self.add(piece)
        self.wake()

    async def settled(self) -> None:
        """Wait while a stop is being decided: it may be that nobody else is to be asked."""
        while self.frozen:
            await self.changed()

    @property
    def due(self) -> bool:
        """Whether text waits to be told; the first of an attempt waits for nothing."""
        if self.told == len(self.text):
            return False
        return self.told == self._start or monotonic() - self.told_at >= GATHER

    @property
    def _start(self) -> int:
        return len(self.work.prefill)

    @property
    def begun(self) -> bool:
        """Whether any of it is written, beside what is continued."""
        return len(self.text) > self._start

    @property
    def restarts(self) -> bool:
        """Whoever reads it is told when its text starts over."""
        return True

    def delta(self) -> Event:
        """What was written since the last one."""
        data = ReplyDelta(self.work.message_id, self.attempt, self.told, self.text[self.told :])
        self.told, self.told_at = len(self.text), monotonic()
        self.wake()
        return self._event("reply.delta", data)

    def restart(self, reason: str) -> list[Event]:
        """Begin anew, as another attempt: what was written goes, but for what is continued."""
        self.attempt += 1
        self.text = self.work.prefill
        self.told = 0
        data = ReplyRestarted(self.work.message_id, self.attempt, reason)
        events = [self._event("reply.restarted", data)]
        return [*events, self.delta()] if self.text else events

    def _event(self, name: str, data: ReplyDelta | ReplyRestarted) -> Event:
        return Event(name, data, self.work.conversation_id, at_rev=self.work.rev)

    # Keeping ------------------------------------------------------------------------------

    def is_due(self, clock: float) -> bool:
        """Whether the database should hear of it: there is more text, or the lease grows old."""
        return self.kept != self._stand or clock - self.kept_at > RENEW

    @property
    def _stand(self) -> tuple[int, int, int]:
        asked = len(self.failed) + (self.link is not None)
        return self.attempt, len(self.text), asked

    def checkpoint(self) -> Checkpoint:
        """What is to be kept; who was asked only where that has changed."""
        attempt, _, asked = self._stand
        said = None
        if asked != self.kept[2]:  # what this attempt costs is known at its end
            said = replace(self.final("streaming"), usage=self.work.reply.usage)
        return Checkpoint(self.work.epoch, self.work.message_id, attempt, self.text, said, asked)

    def was_kept(self, written: Checkpoint) -> None:
        """A checkpoint has been committed."""
        self.kept = (written.attempt, len(written.text), written.asked)
        self.kept_at = monotonic()

    # Watching -----------------------------------------------------------------------------

    @property
    def progress(self) -> Progress:
        """What has been told so far."""
        return Progress(self.attempt, self.text[: self.told], self.ended)

    @property
    def progress_key(self) -> tuple[int, int, bool]:
        """`progress.key`, without copying the text."""
        return self.attempt, self.told, self.ended

    async def changed(self) -> None:
        """Wait until something was told, or the run ended."""
        self._changed.clear()
        await self._changed.wait()

    def wake(self) -> None:
        """Let all who wait look again."""
        self._changed.set()

    def end(self) -> None:
        """Nothing more comes."""
        self.ended = True
        self.wake()

    # What is said of it in the end --------------------------------------------------------

    def fail(self, link: Link, failure: ProviderFailure, started: float) -> None:
        """A link did not answer, or broke off."""
        took = round((monotonic() - started) * 1000)
        self.failed.append(wire.ReplyAttempt(link.provider, link.model or None, failure.code, took))

    def spend(self, link: Link, usage: Usage, state: str, cost: float | None) -> None:
        """An attempt took this much."""
        self.spent.append(
            Spent(
                user_id=self.work.asker_id,
                workspace_id=self.work.workspace_id,
                assistant_id=self.work.reply.assistant_id,
                reply_id=self.work.reply.id,
                purpose="reply",
                provider=link.provider,
                model=link.model or link.provider,
                state=state,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost=cost,
                estimated=usage.estimated,
            )
        )

    def final(self, state: wire.ReplyState, error: wire.ReplyError | None = None) -> wire.Reply:
        """The reply as it ends."""
        before = self.work.reply
        return replace(
            before,
            state=state,
            attempt=self.attempt,
            provider=self.link.provider if self.link else before.provider,
            model=self.model if self.link else before.model,
            attempts=(*before.attempts, *self.failed),
            usage=self._total(before.usage),
            error=error,
            finish=self.finish if state == "done" else None,
        )

    def _total(self, before: wire.ReplyUsage | None) -> wire.ReplyUsage | None:
        """What was spent here, and before it was continued."""
        parts: list[wire.ReplyUsage | Spent] = [*self.spent, *([before] if before else [])]
        if not parts:
            return None
        costs = [each.cost for each in parts if each.cost is not None]
        return wire.ReplyUsage(
            input_tokens=sum(each.input_tokens for each in parts),
            output_tokens=sum(each.output_tokens for each in parts),
            cost=sum(costs) if costs else None,
            estimated=any(each.estimated for each in parts),
        )
