"""Search: who finds what, at once, and nobody what they may not see."""

import pytest

from tests.support.world import World
from trialogue.core import conversations, members, messages, posting, search
from trialogue.core.posting import Draft


def found(world: World, who: object, query: str, **options: object) -> list[str]:
    """The texts that someone finds."""
    page = world.do(search.page, who, query, **options)
    return [message.content for message in page.items]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Shall we meet at TEN tomorrow?", "ten meet"),
        ("Shall we meet tomorrow?", "tomor"),
        ("我们明天在会议室见面", "会议室"),
        ("我们明天在会议室见面", "议"),
        ("我们明天在会议室见面", "见面 明天"),
        ("明日の会議室はどこですか", "会議室"),
        ("東京タワーへ行く", "ﾀﾜｰ"),
        ("한국어를 배웁니다", "한국어"),
        ("อยากกินข้าว", "กินข้าว"),
        ("naïve Straße", "NAÏVE strasse"),
        ("the to be or not www", "www to be the"),
        ("see https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("ein 10%iger Rabatt_Code", "rabatt_code 10%"),
        ("x", "x"),
        ("他说：“好”", '"好"'),
        ("green tea is fine", '"Green Tea"'),
        ("𠀀𠀁𠀂", "𠀁𠀂"),
        ("it's O'Brien's; DROP TABLE", "o'brien's drop"),
    ],
)
def test_a_message_is_found_by_its_words(world: World, text: str, query: str) -> None:
    ada, olga = world.person("ada"), world.person("olga")
    room = world.room(ada)
    world.post(ada, room, "nothing of it")
    world.post(ada, room, text)
    assert found(world, ada, query) == [text]
    assert found(world, ada, query, conversation_id=room) == [text]
    assert found(world, olga, query) == []
    world.refuses("not_found", search.page, olga, query, conversation_id=room)


@pytest.mark.parametrize("query", ["!!!", "🎉", "absent", "meet absent", '"tea green"', "茶绿"])
def test_what_is_not_there_is_not_found(world: World, query: str) -> None:
    ada = world.person("ada")
    world.post(ada, world.room(ada), "meet: green tea 绿茶 !!! 🎉 meeting")
    assert found(world, ada, query) == []


def test_the_newest_come_first_in_pages(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    rooms = [world.room(ada, bob), world.room(ada)]
    for number in range(12):
        world.post(ada, rooms[number % 2], f"cake {number}")
    texts, cursor = [], None
    for _ in range(4):
        page = world.do(search.page, ada, "cake", limit=5, cursor=cursor)
        texts += [message.content for message in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert texts == [f"cake {number}" for number in reversed(range(12))]
    assert found(world, bob, "cake") == [f"cake {number}" for number in reversed(range(0, 12, 2))]
    world.refuses("invalid", search.page, ada, "cake", cursor="e30")


def test_a_phrase_is_looked_for_beyond_the_first_page_of_candidates(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.post(ada, room, "green tea")
    drafts = [Draft(room, ada.user_id, ada.workspace_id, f"tea green {n}") for n in range(30)]
    world.do(posting.post, drafts)
    assert found(world, ada, '"green tea"', limit=3) == ["green tea"]


def test_who_has_left_finds_nothing_of_it(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "for both")
    assert found(world, bob, "both") == ["for both"]
    world.do(members.leave, bob, room)
    assert found(world, bob, "both") == []
    assert found(world, ada, "both") == ["for both"]


def test_who_is_in_very_many_rooms_finds_in_all_of_them_and_no_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "ROOMS", 2)
    ada, bob = world.person("ada"), world.person("bob")
    rooms = [world.room(ada) for _ in range(4)]
    world.post(bob, world.room(bob), "cake of bob")
    for number, room in enumerate(rooms):
        world.post(ada, room, f"cake {number}")
    assert found(world, ada, "cake") == [f"cake {number}" for number in reversed(range(4))]


def test_what_one_finds_looks_as_in_the_history(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room, other = world.room(ada, bob), world.room(bob, ada)
    sent = [world.post(ada, room, "tea one"), world.post(bob, other, "tea two")]
    page = world.do(search.page, ada, "tea")
    assert [message.status for message in page.items] == [None, "sent"]
    for message in sent:
        alone = world.do(messages.get, ada, message.id)
        assert alone in page.items


def test_archived_rooms_can_still_be_searched(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.post(ada, room, "old things")
    world.later(days=1)
    world.do(conversations.archive, ada, room)
    assert found(world, ada, "things") == ["old things"]
