"""Closing gaps: the node reads what a channel missed, once for all of its listeners.

Members come first: who left hears of it and nothing else of what was missed. Newcomers are
let in here too, since the same read shows whether they are members.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from trialogue.core import changes, members, wire
from trialogue.core.errors import ChatError
from trialogue.live.channel import Channel, Listener
from trialogue.live.frames import encode_event, encode_resync

if TYPE_CHECKING:
    from trialogue.live.hub import Hub

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between attempts while reads fail


def soon(hub: "Hub", channel: Channel) -> None:
    """Read what a channel missed. Meanwhile its events wait; never two reads at once."""
    if channel.rev is None or channel.healing:
        channel.again = True
    else:
        channel.healing = True
        hub.spawn(_heal(hub, channel))


async def _heal(hub: "Hub", channel: Channel) -> None:
    pause = FIRST_PAUSE
    while hub.channels.get(channel.id) is channel:
        try:
            if await _turn(hub, channel):
                continue
            channel.healing = False
            hub.drain(channel)
            hub.drop_if_empty(channel)
            return
        except ChatError as error:  # the database will come back; the law must hold then
            log.warning("hub.read_postponed", conversation=channel.id, reason=error.detail)
        except Exception:
            log.exception("a conversation could not be read", conversation=channel.id)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
        pause = min(2 * pause, LONGEST_PAUSE)


async def _turn(hub: "Hub", channel: Channel) -> bool:
    """One read and what follows from it; whether there is more to read."""
    if not channel.subscribed:
        await hub.bus.subscribe([channel.id])
        channel.subscribed = True
    channel.again = False
    guests, known = tuple(channel.newcomers), _Known(channel)
    after = min([channel.rev or 0, *(guest.since for guest in channel.newcomers.values())])
    try:
        page = await hub.door.read(changes.since, channel.id, after)
    except ChatError as error:
        if error.code != "not_found":
            raise
        _vanished(hub, channel)
        return False
    if hub.channels.get(channel.id) is not channel:
        return False
    if page.reload or (not page.more and page.rev < (channel.rev or 0)):
        await _start_afresh(hub, channel, page, guests)
    else:
        _apply(hub, channel, page, guests)
    if not page.more:
        known.give_up(channel)
    return page.more or bool(channel.newcomers) or channel.again


class _Known:
    """What was known to exist before a read. Numbers that were published before it, and that
    it does not contain, do not exist: a backup was restored. Waiting for them would mean to
    read for ever."""

    def __init__(self, channel: Channel) -> None:
        self._want = channel.want
        self._pending = tuple(channel.pending)
        self._waiting = tuple(channel.waiting)

    def give_up(self, channel: Channel) -> None:
        """After the read: do not wait for what it should have brought."""
        rev = channel.rev or 0
        for number in self._pending:
            if channel.pending.pop(number, None) is not None:
                log.error("an event is ahead of the database", conversation=channel.id, rev=number)
        early = {id(event) for event in self._waiting if (event.at_rev or 0) > rev}
        channel.waiting = [event for event in channel.waiting if id(event) not in early]
        if channel.want <= self._want:
            channel.want = rev


def _apply(
    hub: "Hub", channel: Channel, page: wire.LiveChanges, guests: Sequence[Listener]
) -> None:
    # Who came first, so that the channel is not given up when all who were there have left.
    for member in sorted(page.members, key=lambda member: member.left_at is not None):
        _place(hub, channel, member, page.rev)
    if page.conversation is not None:
        channel.member_count = page.conversation.member_count
    shown = [hub.with_presence(member) for member in page.members]
    frame = encode_event("changes", replace(page, members=shown), conversation_id=channel.id)
    if page.rev > (channel.rev or 0):
        hub.writer.tell(channel, page.rev, frame)
        channel.rev = page.rev
        if page.messages:
            hub.handed(channel, max(message.seq for message in page.messages))
    for listener in guests:
        _receive_guest(hub, channel, listener, page, frame)
    channel.forget_old()


def _place(hub: "Hub", channel: Channel, member: wire.Member, end: int) -> None:
    """Do for one membership what its events would have done. The read may have seen changes
    after its `end` already: who left then is out at once, who joined comes in with the event."""
    rev, user_id = channel.rev or 0, member.user.id
    begin = max(rev, hub.removals.rev(channel.id, user_id))
    for listener in tuple(hub.listeners.of(user_id, channel.id)):
        newcomer = channel.newcomers.get(listener)
        if member.left_at is not None:
            if member.rev > (newcomer.since if newcomer is not None else rev):
                shown = hub.with_presence(member)
                frame = encode_event(
                    "member.left", shown, conversation_id=channel.id, rev=member.rev
                )
                hub.show_out(channel, listener, member.rev, frame)
        elif newcomer is None and begin < member.rev <= end:
            hub.admit(channel, listener)


def _receive_guest(
    hub: "Hub", channel: Channel, listener: Listener, page: wire.LiveChanges, frame: bytes
) -> None:
    guest = channel.newcomers.get(listener)
    if guest is None:
        return  # shown out
    if guest.since < page.rev:
        guest.missed.append((page.rev, frame))
        guest.since = page.rev
    if page.more or hub.removals.rev(channel.id, listener.user_id) > page.rev:
        return  # the next page may show, or will, that they are out
    del channel.newcomers[listener]
    if not listener.connections:
        return  # gone
    if guest.created is not None:
        hub.writer.to(listener, channel.id, None, guest.created)
    for rev, missed in guest.missed:
        hub.writer.to(listener, channel.id, rev, missed)
    hub.attach(channel, listener)


async def _start_afresh(
    hub: "Hub", channel: Channel, page: wire.LiveChanges, guests: Sequence[Listener]
) -> None:
    """Too much was missed to be told: everyone reads anew who is still a member. The
    membership is read after the rev, so that who left in between hears nothing."""
    asked = {listener.user_id for listener in (*channel.listeners, *guests)}
    present = await hub.door.read(_still_in, channel.id, sorted(asked))
    if hub.channels.get(channel.id) is not channel:
        return
    hub.writer.flush(channel)
    channel.rev = channel.base = page.rev
    channel.want = 0
    if page.conversation is not None:
        channel.member_count = page.conversation.member_count
    for listener in tuple(channel.listeners):
        hub.writer.to(listener, channel.id, page.rev, encode_resync(channel.id))
        if listener.user_id in asked and listener.user_id not in present:
            hub.dismiss(channel, listener)
    for listener in guests:
        known = channel.newcomers.get(listener)
        if known is not None and listener.user_id not in present:
            hub.show_out(channel, listener, page.rev, encode_resync(channel.id))
        _receive_guest(hub, channel, listener, page, encode_resync(channel.id))
    channel.forget_old()


def _still_in(db: Any, conversation_id: str, user_ids: Sequence[str]) -> set[str]:
    return {
        user_id for user_id in user_ids if conversation_id in members.conversation_ids(db, user_id)
    }


def _vanished(hub: "Hub", channel: Channel) -> None:
    for listener in (*channel.listeners, *channel.newcomers):
        hub.show_out(channel, listener, channel.rev or 0, encode_resync(channel.id))
