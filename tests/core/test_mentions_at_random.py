"""Unread and mention counts equal what one counts by hand, whatever people do in whatever order.

The count by hand knows the messages one by one and a set of names for each; no SQL of ours.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from tests.support.world import World
from trialogue.core import (
    conversations,
    members,
    messages,
    preferences,
    reactions,
    reads,
    sessions,
)
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, OwnState
from trialogue.core.models import Member, Message
from trialogue.core.policy import Actor

STEPS = 1_000
WHOLE_EACH = 50  # steps after which everyone's counts in all conversations are compared
SEED = 20_261_121
NAMES = ("ada", "bob", "eve-2", "小明", "Dan.")
DECOYS = ("`@bob`", "ada@bob.example", "@nobody", "```\n@all @ada\n```", "@", "＠ ada")
KINDS = (
    ["post"] * 8
    + ["answer", "edit", "edit", "edit", "recall", "recall", "react", "unreact"]
    + ["read"] * 5
    + ["join", "add", "leave", "remove", "role", "role", "rename", "settings", "deliver", "session"]
)


@dataclass
class Said:
    """A message as the count by hand knows it; `names` holds ids, `everyone` is `@all`."""

    id: str
    sender: str
    content: str
    names: set[str]
    everyone: bool


@dataclass
class Room:
    """A conversation in the count by hand: its messages in order, and the members' marks."""

    id: str
    group: bool
    said: list[Said | None] = field(default_factory=list)  # None: what the server recorded
    marks: dict[str, int] = field(default_factory=dict)

    def counts(self, user_id: str) -> tuple[int, int]:
        """Messages after someone's mark, and those of them that name this person."""
        unread = self.said[self.marks[user_id] :]
        named = [one for one in unread if one and (one.everyone or user_id in one.names)]
        return len(unread), len(named)


class Play:
    """Five people in two public rooms and a direct conversation; the first one stays."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.people = [world.person(name) for name in NAMES]
        self.names = dict(zip(NAMES, self.people, strict=True))
        ada, bob = self.people[:2]
        direct, _ = world.do(conversations.open_direct, ada, bob.user_id)
        ids = {
            world.room(ada, *self.people[1:4], public=True): True,
            world.room(ada, *self.people[2:], public=True): True,
            str(direct.id): False,
        }
        self.rooms = [Room(room_id, group) for room_id, group in ids.items()]
        for room in self.rooms:
            room.marks = dict.fromkeys(self.present(room), 0)
        self.done: Counter[str] = Counter()
        self.last = ""
        self.most = 0

    # What people write --------------------------------------------------------------------------

    def text(self) -> tuple[str, set[str], bool]:
        """A text, the ids of the people whose names it holds, and whether it says `@all`."""
        parts, meant, everyone = [], set(), False
        for _ in range(self.chance.randrange(3)):
            name = self.chance.choice(NAMES)
            form = self.chance.choice(["@{}", "＠{}", "(@{})", "@{}, 你好", "@{}你好", "@{}\n"])
            parts.append(form.format(name.upper() if self.chance.random() < 0.2 else name))
            meant.add(self.names[name].user_id)
        if self.chance.random() < 0.3:
            parts.append(self.chance.choice(DECOYS))
        if self.chance.random() < 0.3:
            parts.append("@all")
            everyone = True
        self.chance.shuffle(parts)
        return " ".join(["Hello", *parts, str(self.chance.randrange(3))]), meant, everyone

    def named(
        self, room: Room, actor: Actor, meant: set[str], everyone: bool
    ) -> tuple[set[str], bool]:
        """Whom a text by this person names: members, and all of them if they may."""
        with self.world.transaction() as db:
            me = db.get_one(Member, (room.id, actor.user_id))
        may = room.group and me.role in ("owner", "admin", "moderator")
        return meant & room.marks.keys(), everyone and may

    def some(self, room: Room) -> Said | None:
        """One of the latest messages, so that it is likely to be unread by someone."""
        return self.chance.choice([one for one in room.said[-12:] if one] or [None])

    # What people do: each returns what it would change in the count by hand ----------------------

    def post(self, room: Room, actor: Actor, parent: str | None = None) -> None:
        content, meant, everyone = self.text()
        sent = self.world.post(actor, room.id, content, parent_id=parent)
        names, everyone = self.named(room, actor, meant, everyone)
        room.said.append(Said(sent.id, actor.user_id, content, names, everyone))
        room.marks[actor.user_id] = len(room.said)

    def answer(self, room: Room, actor: Actor) -> None:
        said = self.some(room)
        self.post(room, actor, said.id if said else None)

    def edit(self, room: Room, actor: Actor) -> None:
        said = self.some(room)
        if said is None:
            return
        if self.chance.random() < 0.8:  # others are refused
            actor = next(one for one in self.people if one.user_id == said.sender)
        content, meant, everyone = self.text()
        self.world.do(messages.edit, actor, said.id, content)
        if content != said.content:
            said.content = content
            said.names, said.everyone = self.named(room, actor, meant, everyone)

    def recall(self, room: Room, actor: Actor) -> None:
        said = self.some(room)
        if said is not None:
            self.world.do(messages.retract, actor, said.id)
            said.names, said.everyone = set(), False

    def react(self, room: Room, actor: Actor) -> None:
        said = self.some(room)
        if said is not None:
            self.world.do(reactions.add, actor, said.id, self.chance.choice("👍🎉"))

    def unreact(self, room: Room, actor: Actor) -> None:
        said = self.some(room)
        if said is not None:
            self.world.do(reactions.remove, actor, said.id, self.chance.choice("👍🎉"))

    def read(self, room: Room, actor: Actor) -> None:
        seq = max(0, len(room.said) - self.chance.randrange(-2, 9))
        self.world.do(reads.mark, actor, room.id, seq)
        reached = min(seq, len(room.said))
        room.marks[actor.user_id] = max(room.marks[actor.user_id], reached)

    def join(self, room: Room, actor: Actor) -> None:
        self.world.do(members.join, actor, room.id)
        room.marks[actor.user_id] = len(room.said)
        self.noted(room, actor)

    def add(self, room: Room, actor: Actor) -> None:
        other = self.chance.choice(self.people).user_id
        role = self.chance.choice(["member", "moderator"])
        self.world.do(members.add, actor, room.id, other, role=role)
        room.marks[other] = len(room.said)
        self.noted(room, actor)

    def leave(self, room: Room, actor: Actor) -> None:
        if actor != self.people[0]:
            self.world.do(members.leave, actor, room.id)
            self.noted(room, actor)
            del room.marks[actor.user_id]

    def remove(self, room: Room, actor: Actor) -> None:
        other = self.chance.choice(self.people[1:]).user_id
        self.world.do(members.remove, actor, room.id, other)
        self.noted(room, actor)
        del room.marks[other]

    def role(self, room: Room, actor: Actor) -> None:
        other = self.chance.choice(self.people).user_id
        role = self.chance.choice(["owner", "admin", "moderator", "member"])
        self.world.do(members.change_role, actor, room.id, other, role)
        self.noted(room, actor)

    def rename(self, room: Room, actor: Actor) -> None:
        name = f"Room {sum(self.done.values())}"
        self.world.do(conversations.change, actor, room.id, name=name)
        self.noted(room, actor)

    def settings(self, room: Room, actor: Actor) -> None:
        notify = self.chance.choice(["all", "mentions", "none"])
        self.world.do(preferences.change, actor, room.id, notify=notify)

    def deliver(self, room: Room, actor: Actor) -> None:
        self.world.do(reads.deliver, {(room.id, actor.user_id): len(room.said)})

    def session(self, room: Room, actor: Actor) -> None:
        self.world.do(sessions.create, actor, room.id)

    def archive(self, room: Room, actor: Actor) -> None:
        self.world.do(conversations.archive, actor, room.id)
        self.noted(room, actor)

    def noted(self, room: Room, actor: Actor) -> None:
        """The server recorded what someone did; they have read it."""
        room.said.append(None)
        room.marks[actor.user_id] = len(room.said)

    # The comparison -----------------------------------------------------------------------------

    def step(self) -> None:
        """Someone tries something; the counts of who did it, and what others were told, fit."""
        kind = self.chance.choice(KINDS)
        room, actor = self.chance.choice(self.rooms), self.chance.choice(self.people)
        self.act(kind, room, actor)
        self.check_told(room, self.world.events())
        changes_counts = kind in ("edit", "recall")
        for one in self.people if changes_counts else (actor, self.chance.choice(self.people)):
            self.check(room, one)

    def act(self, kind: str, room: Room, actor: Actor) -> None:
        """Do it, if it is possible just now."""
        self.last = f"{kind} by {self.people.index(actor)} in {self.rooms.index(room)}"
        act: Callable[[Room, Actor], None] = getattr(self, kind)
        try:
            act(room, actor)
        except ChatError:
            return  # it is refused just now, and must not have changed anything
        self.done[kind] += 1

    def check(self, room: Room, actor: Actor) -> None:
        """One person's counts in a conversation, as they are and as counted by hand."""
        if actor.user_id not in room.marks:
            return
        me = self.world.do(conversations.get, actor, room.id).me
        assert min(me.unread, me.mentions) >= 0
        assert (me.unread, me.mentions) == room.counts(actor.user_id), self.last
        self.most = max(self.most, me.mentions)

    def check_told(self, room: Room, heard: list[Event]) -> None:
        """What people's own sockets are told of their counts."""
        for event in heard:
            if isinstance(event.data, OwnState) and event.user_ids:
                told = (event.data.unread, event.data.mentions)
                assert min(told) >= 0
                assert told == room.counts(event.user_ids[0]), self.last

    def check_all(self) -> None:
        """Everyone's list, their unread messages one by one, and the rows themselves."""
        for room in self.rooms:
            with self.world.transaction() as db:
                found = select(func.count()).where(Message.conversation_id == room.id)
                assert db.scalars(found.select_from(Message)).one() == len(room.said)
            assert self.present(room) == room.marks.keys()
        for actor in self.people:
            listed = {one.id: one.me for one in self.world.do(conversations.page, actor).items}
            mine = [room for room in self.rooms if actor.user_id in room.marks]
            for room in mine:
                self.check(room, actor)
                me = listed[room.id]
                assert (me.unread, me.mentions) == room.counts(actor.user_id)
                unread = self.world.do(reads.page_unread, actor, room.id, limit=200).items
                assert [one.seq for one in unread] == list(
                    range(room.marks[actor.user_id] + 1, len(room.said) + 1)
                )[:200]
            assert listed.keys() == {room.id for room in mine}

    def present(self, room: Room) -> set[str]:
        """The members, by their rows."""
        with self.world.transaction() as db:
            here = select(Member.user_id).where(
                Member.conversation_id == room.id, Member.left_at.is_(None)
            )
            return set(db.scalars(here))


def test_counts_are_those_that_one_counts_by_hand(world: World) -> None:
    play = Play(world, SEED)
    for number in range(1, STEPS + 1):
        play.step()
        if number % WHOLE_EACH == 0:
            play.check_all()
    assert set(play.done) == set(KINDS), "everything was possible at times"
    assert play.most > 1, "people were named, and did not read it"
    for room in play.rooms[:2]:  # what is archived keeps its counts
        for actor in play.people:
            play.act("archive", room, actor)
            play.check(room, actor)
    assert play.done["archive"] == 2
