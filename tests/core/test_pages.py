"""A page takes from its caller what is kept of messages, and reads the rest. How pages look is
tried where they are made into JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.assistants import assistant, claim, end
from tests.support.world import World
from trialogue.core import members, pages, reactions, wire
from trialogue.core.pages import Revision


@dataclass
class Kept:
    """A message as it is kept here: whole."""

    whole: wire.LiveMessage
    live: wire.LiveMessage | None


class Shelf:
    """Keeps everything, and knows what was made."""

    def __init__(self) -> None:
        self.kept: dict[Revision, Kept] = {}
        self.made: list[int] = []

    def find(self, revisions: Sequence[Revision]) -> dict[str, Kept]:
        return {one.id: self.kept[one] for one in revisions if one in self.kept}

    def make(self, live: wire.LiveMessage, revision: Revision | None) -> Kept:
        self.made.append(live.seq)
        kept = Kept(live, live if live.reactions or live.reply else None)
        if revision is not None:
            self.kept[revision] = kept
        return kept


def test_who_may_not_read_is_refused(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    hidden, public = world.room(ada), world.room(ada, public=True)
    world.refuses("not_found", pages.page, eve, hidden, Shelf())
    world.refuses("not_member", pages.page, eve, public, Shelf())
    world.refuses("invalid", pages.page, ada, hidden, Shelf(), before=1, after=1)


def test_only_what_has_changed_is_made_anew(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room, shelf = world.room(ada, bob), Shelf()
    first, *_ = [world.post(ada, room, f"{number}") for number in range(3)]
    for actor in (ada, bob, ada):
        world.do(pages.page, actor, room, shelf)
    assert sorted(shelf.made) == [1, 2, 3]
    world.do(reactions.add, bob, first.id, "👍")
    for actor in (ada, bob):
        page = world.do(pages.page, actor, room, shelf)
        assert page.items[0].reactions == [wire.OwnReaction("👍", 1, actor is bob)]
        assert [one.status for one in page.items] == (["sent"] * 3 if actor is ada else [None] * 3)
    assert sorted(shelf.made) == [1, 1, 2, 3]


def test_what_is_being_written_is_made_each_time_and_kept_when_it_stands(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room, shelf = world.room(ada), Shelf()
    world.do(members.add, ada, room, helper.user.id)
    world.post(ada, room, "hello @helper")
    work = claim(world, room, helper)
    for _ in range(2):
        world.do(pages.page, ada, room, shelf)
    kept = {live.whole.id for live in shelf.kept.values()}
    assert work.message_id not in kept
    said = end(world, work, "Hello.")
    assert world.do(pages.page, ada, room, shelf).items[-1].piece.whole.id == said.id
    assert said.id in {live.whole.id for live in shelf.kept.values()}
