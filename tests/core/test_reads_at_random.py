"""Who has read a message, and when, is right after whatever order of posts, marks and joins.

A plain model notes for each message, by hand, who first reached it when.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.world import World
from trialogue.core import members, reads
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor

STEPS = 300
WHOLE_EACH = 50  # steps after which every message is compared
SEED = 7
KINDS = ["post"] * 4 + ["read"] * 6 + ["deliver", "join", "add", "leave", "remove"]


@dataclass
class Said:
    """A message, and who first reached it when."""

    id: str
    sender: str
    readers: dict[str, datetime] = field(default_factory=dict)


class Play:
    """Five people in a public room, of whom the first one stays; a second passes each step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = random.Random(SEED)
        world.later(seconds=0)
        self.people = [world.person(name) for name in ("ada", "bob", "eve", "ivo", "小明")]
        self.room = world.room(*self.people[:4], public=True)
        self.said: list[Said] = []
        self.marks = dict.fromkeys((person.user_id for person in self.people[:4]), 0)
        self.done: Counter[str] = Counter()

    @property
    def now(self) -> datetime:
        """The moment of this step."""
        assert self.world.at is not None
        return self.world.at

    def reach(self, user_id: str, seq: int) -> None:
        """Someone has read up to a message: for the first time those after their mark."""
        for one in self.said[self.marks[user_id] : seq]:
            one.readers.setdefault(user_id, self.now)
        self.marks[user_id] = max(self.marks[user_id], seq)

    def say(self, actor: Actor, message_id: str = "") -> None:
        """A message or (without an id) a notice of the server: who writes has read the rest."""
        self.reach(actor.user_id, len(self.said))
        self.said.append(Said(message_id, actor.user_id))
        self.marks[actor.user_id] = len(self.said)

    def act(self, kind: str, actor: Actor, other: Actor) -> None:
        """Do something, and note it."""
        room, do = self.room, self.world.do
        match kind:
            case "post":
                self.say(actor, self.world.post(actor, room, "Hello").id)
            case "read":
                seq = max(0, len(self.said) - self.chance.randrange(-1, 6))
                do(reads.mark, actor, room, seq)
                self.reach(actor.user_id, min(seq, len(self.said)))
            case "deliver":
                do(reads.deliver, {(room, actor.user_id): len(self.said)})
            case "join":
                do(members.join, actor, room)
                self.marks[actor.user_id] = len(self.said)
                self.say(actor)
            case "add":
                do(members.add, actor, room, other.user_id)
                self.marks[other.user_id] = len(self.said)
                self.say(actor)
            case "leave" if actor != self.people[0]:
                do(members.leave, actor, room)
                self.say(actor)
                del self.marks[actor.user_id]
            case "remove" if other != self.people[0] and other != actor:
                do(members.remove, actor, room, other.user_id)
                self.say(actor)
                del self.marks[other.user_id]

    def step(self) -> None:
        """Someone tries something; what is refused changes nothing."""
        self.world.later(seconds=1)
        kind = self.chance.choice(KINDS)
        try:
            self.act(kind, self.chance.choice(self.people), self.chance.choice(self.people))
        except ChatError:
            return
        self.done[kind] += 1

    def check(self, seq: int) -> None:
        """The readers of one message, as they are and as noted: present members but its sender."""
        one = self.said[seq - 1]
        if not one.id:
            return
        expected = {
            user_id: at
            for user_id, at in one.readers.items()
            if user_id in self.marks and user_id != one.sender
        }
        found = self.world.do(reads.page_readers, self.people[0], one.id).items
        assert {receipt.user.id: receipt.read_at for receipt in found} == expected, seq


def test_readers_are_those_whom_one_notes_by_hand(world: World) -> None:
    play = Play(world)
    for number in range(1, STEPS + 1):
        play.step()
        latest = len(play.said)
        for seq in range(max(1, latest - 2), latest + 1):
            play.check(seq)
        if number % WHOLE_EACH == 0:
            for seq in range(1, latest + 1):
                play.check(seq)
    assert set(play.done) == set(KINDS), "everything was possible at times"
    assert max(len(one.readers) for one in play.said) == len(play.people) - 1
