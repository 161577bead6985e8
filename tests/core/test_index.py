"""The index of words: it always holds what a plain look at all texts would find."""

import random

import pytest
from sqlalchemy import text

from tests.support.world import World
from trialogue.core import index, messages, posting, search, words
from trialogue.core.posting import Draft
from trialogue.store.database import Database

VOCABULARY = ["tea", "Tee", "teapot", "茶", "绿茶", "绿", "的", "한국", "ok", "NAÏVE", "www"]


class Copy:
    """The texts of one person's rooms, as a plain list, looked through from its end."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def find(self, query: str) -> list[str]:
        asked = words.ask(query)
        return [
            message_id
            for message_id, content in reversed(self.kept.items())
            if all(self._has(content, word, asked.prefixes) for word in asked.words)
            and asked.fits(content)
        ]

    def _has(self, content: str, word: str, prefixes: frozenset[str]) -> bool:
        kept = words.cut(content)
        return word in kept or (word in prefixes and any(one.startswith(word) for one in kept))


def some_text(chance: random.Random) -> str:
    return chance.choice(["", " ", ", "]).join(chance.choices(VOCABULARY, k=chance.randint(1, 4)))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_posted_edited_and_recalled_is_found_as_it_is(world: World, seed: int) -> None:
    chance = random.Random(seed)
    ada, bob = world.person("ada"), world.person("bob")
    rooms = [world.room(ada, bob), world.room(ada)]
    secret, copy = world.room(bob), Copy()
    for _ in range(40):
        deed = chance.random()
        if deed < 0.6 or not copy.kept:
            sent = world.post(ada, chance.choice(rooms), some_text(chance))
            copy.kept[sent.id] = sent.content
            world.post(bob, secret, some_text(chance))
        elif deed < 0.8:
            message_id = chance.choice(list(copy.kept))
            copy.kept[message_id] = some_text(chance)
            world.do(messages.edit, ada, message_id, copy.kept[message_id])
        else:
            message_id = chance.choice(list(copy.kept))
            del copy.kept[message_id]
            world.do(messages.retract, ada, message_id)
    for query in [*VOCABULARY, "te", "tea pot", "绿茶的", '"tea 的"', "tea ok", "teap"]:
        found = world.do(search.page, ada, query, limit=200)
        assert [one.id for one in found.items] == copy.find(query), query


@pytest.mark.parametrize("farthest", [0, 20, 1_000])
def test_however_far_it_looks_the_newest_of_one_s_own_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch, farthest: int
) -> None:
    for name, count in {"WALK": 8, "FARTHEST": farthest, "HITS": 4, "FEW": 1}.items():
        monkeypatch.setattr(index, name, count)
    ada, bob = world.person("ada"), world.person("bob")
    rooms, others = [world.room(ada, bob), world.room(bob, ada)], world.room(bob)
    places = [others if number % 4 else rooms[number // 4 % 2] for number in range(80)]
    drafts = [
        Draft(place, bob.user_id, bob.workspace_id, f"tea {number} {'' if number % 16 else 'rare'}")
        for number, place in enumerate(places)
    ]
    world.do(posting.post, drafts)
    own = [draft.content for draft in reversed(drafts) if draft.conversation_id in rooms]
    for limit in (1, 3, 10, 50):
        page = world.do(search.page, ada, "tea", limit=limit)
        assert [each.content for each in page.items] == own[:limit]
        page = world.do(search.page, ada, "rare tea", limit=limit)
        assert [each.content for each in page.items] == [t for t in own if "rare" in t][:limit]


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_postgresql_plans_each_search_for_its_own_words(world: World) -> None:
    """One plan for all words reads the whole table; it would come after a few searches."""
    ada = world.person("ada")
    world.post(ada, world.room(ada), "tea")
    with world.transaction() as db:
        for number in range(20):
            search.page(db, ada, f"tea {number}")
        query = "SELECT statement FROM pg_prepared_statements WHERE generic_plans > 0"
        general = [row.statement for row in db.execute(text(query))]
    assert general  # of the statements that are the same each time
    assert [statement for statement in general if "tsquery" in statement] == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_the_index_of_sqlite_is_sound_after_all_that(world: World, database_url: str) -> None:
    test_whatever_is_posted_edited_and_recalled_is_found_as_it_is(world, 4)
    check = "INSERT INTO chat_search_index (chat_search_index, rank) VALUES ('integrity-check', 1)"
    with Database(database_url).transaction() as db:
        db.execute(text(check))
