"""For every change, and for its author and another member: old state + changes = new state.

The cases are kept in `tests/recorded/changes.json`, which the web client's reducer replays.
After a change of the wire types they are recorded anew:
`TRIALOGUE_RECORD=1 script/test tests/core/test_changes_replayed.py -n 0`
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.assistants import assistant, claim
from tests.support.replay import apply, missed, plain, snapshot
from tests.support.world import World
from trialogue.core import (
    attachments,
    conversations,
    members,
    messages,
    preferences,
    reactions,
    reads,
    replies,
)
from trialogue.core.events import Event, ReplyQueued, ReplyStopped
from trialogue.core.policy import Actor

FILE = Path(__file__).parents[1] / "recorded" / "changes.json"
Cast = dict[str, Actor]
Change = Callable[[World, str, Cast], object]


def send(world: World, room: str, cast: Cast) -> None:
    world.post(cast["ada"], room, "A new message, 你好 👋", "new")
    world.post(cast["bob"], room, "An answer", "answer")


def message(world: World, room: str, cast: Cast, seq: int) -> str:
    page = world.do(messages.page, cast["ada"], room, after=seq - 1, limit=1)
    return str(page.items[0].id)


def mention(world: World, room: str, cast: Cast) -> None:
    world.post(cast["ada"], room, "@eve and @bob: see you, 😀", "named")
    world.post(cast["ada"], room, "@all: at ten", "everyone")


def edit(world: World, room: str, cast: Cast) -> None:
    world.do(messages.edit, cast["ada"], message(world, room, cast, 3), "For @eve, again")
    world.do(messages.edit, cast["ada"], message(world, room, cast, 3), "For @bob after all")


def retract(world: World, room: str, cast: Cast) -> None:
    mention(world, room, cast)
    world.do(messages.retract, cast["ada"], message(world, room, cast, 5))
    world.do(messages.retract, cast["ada"], message(world, room, cast, 4))


def react(world: World, room: str, cast: Cast) -> None:
    for name, emoji in (("ada", "👍"), ("bob", "👍"), ("eve", "🎉"), ("bob", "❤️")):
        world.do(reactions.add, cast[name], message(world, room, cast, 2), emoji)


def unreact(world: World, room: str, cast: Cast) -> None:
    react(world, room, cast)
    for name, emoji in (("ada", "👍"), ("eve", "🎉")):
        world.do(reactions.remove, cast[name], message(world, room, cast, 2), emoji)


def answer(world: World, room: str, cast: Cast) -> None:
    parent = message(world, room, cast, 1)
    world.post(cast["bob"], room, "To your first one", "answer", parent_id=parent)


def attach(world: World, room: str, cast: Cast) -> None:
    """Files sent with a message, one without a text; and one added to a message that was there."""
    two = [world.upload(cast["ada"]), world.upload(cast["ada"], "计划.pdf", "application/pdf")]
    world.post(cast["ada"], room, "Two files", "files", attached=two)
    world.post(cast["bob"], room, "", "picture", attached=[world.upload(cast["bob"])])
    place = message(world, room, cast, 1)
    world.do(attachments.add, place, "notes.txt", 12, "text/plain", "/srv/notes.txt")


def recall_file(world: World, room: str, cast: Cast) -> None:
    attach(world, room, cast)
    world.do(messages.retract, cast["ada"], message(world, room, cast, 4))


def stop(world: World, room: str, cast: Cast) -> None:
    """An assistant is added, asked twice, and stopped: while it writes, and before it began."""
    helper = assistant(world, cast["ada"])
    world.do(members.add, cast["ada"], room, helper.user.id)
    world.post(cast["bob"], room, "@helper What is a lease?", "question")
    work = claim(world, room, helper)
    world.do(replies.cancel, cast["eve"], work.reply.id, text="A lease is")
    asked = world.post(cast["bob"], room, "@helper And its epoch?", "second")
    (waiting,) = world.do(replies.to, asked.id)
    world.do(replies.cancel, cast["bob"], waiting)


CHANGES: dict[str, Change] = {
    "nothing": lambda world, room, cast: None,
    "messages.send": send,
    "messages.send (mentions)": mention,
    "messages.send (answer)": answer,
    "messages.send (files)": attach,
    "messages.edit": edit,
    "messages.retract": retract,
    "messages.retract (files)": recall_file,
    "reactions.add": react,
    "reactions.remove": unreact,
    "preferences.change": lambda world, room, cast: world.do(
        preferences.change, cast["bob"], room, notify="none", pinned=True
    ),
    "replies.cancel": stop,
    "reads.mark": lambda world, room, cast: world.do(reads.mark, cast["ada"], room, 3),
    "members.join": lambda world, room, cast: world.do(members.join, cast["dan"], room),
    "members.add": lambda world, room, cast: world.do(
        members.add, cast["ada"], room, cast["dan"].user_id, role="moderator"
    ),
    "members.leave": lambda world, room, cast: world.do(members.leave, cast["ada"], room),
    "members.remove": lambda world, room, cast: world.do(
        members.remove, cast["ada"], room, cast["bob"].user_id
    ),
    "members.change_role": lambda world, room, cast: world.do(
        members.change_role, cast["ada"], room, cast["bob"].user_id, "owner"
    ),
    "conversations.change": lambda world, room, cast: world.do(
        conversations.change, cast["ada"], room, name="新名字", description="Now with a purpose"
    ),
    "conversations.archive": lambda world, room, cast: world.do(
        conversations.archive, cast["ada"], room
    ),
}
VIEWERS = ("ada", "bob", "eve")


def stage(world: World) -> tuple[str, Cast]:
    """A public room with a little history; dan is in the workspace but not in the room."""
    world.later(seconds=0)
    cast = {name: world.person(name) for name in ("ada", "bob", "eve", "dan")}
    room = world.room(cast["ada"], cast["bob"], cast["eve"], public=True)
    for number, name in enumerate(("ada", "bob", "ada", "bob")):
        world.post(cast[name], room, f"message {number}", f"old{number}")
    world.do(reads.mark, cast["eve"], room, 2)
    world.events()
    world.later(seconds=5)
    return room, cast


def record(world: World, name: str) -> dict[str, Any]:
    """The case of one change: what each viewer had, what they are told, what they have then."""
    room, cast = stage(world)
    before = {viewer: snapshot(world, cast[viewer], room) for viewer in VIEWERS}
    CHANGES[name](world, room, cast)
    heard = world.events()
    cases = []
    for viewer in VIEWERS:
        had = before[viewer]
        assert had is not None
        cases.append(
            {
                "viewer": cast[viewer].user_id,
                "before": had,
                "changes": missed(world, cast[viewer], room, had["last_rev"]),
                "events": [frame(e) for e in heard if hears(e, cast[viewer].user_id)],
                "after": snapshot(world, cast[viewer], room),
            }
        )
    return {"command": name, "cases": cases}


def hears(event: Event, user_id: str) -> bool:
    if isinstance(event.data, ReplyQueued | ReplyStopped):
        return False  # for whoever writes replies
    return event.user_ids is None or user_id in event.user_ids


def frame(event: Event) -> dict[str, Any]:
    numbers = {"rev": event.rev, "at_rev": event.at_rev}
    return {
        "event": event.name,
        "conversation_id": event.conversation_id,
        **{name: number for name, number in numbers.items() if number is not None},
        "data": plain(event.data),
    }


@pytest.mark.parametrize("name", CHANGES)
def test_an_old_state_with_the_changes_is_the_new_state(world: World, name: str) -> None:
    for case in record(world, name)["cases"]:
        assert apply(case["before"], case["changes"], case["viewer"]) == case["after"]


@pytest.mark.parametrize("name", CHANGES)
def test_only_what_all_may_see_takes_a_number(world: World, name: str) -> None:
    for case in record(world, name)["cases"]:
        revs = [heard["rev"] for heard in case["events"] if "rev" in heard]
        assert revs == list(
            range(case["before"]["last_rev"] + 1, case["before"]["last_rev"] + 1 + len(revs))
        )
        if case["after"] is not None:
            assert case["after"]["last_rev"] == case["before"]["last_rev"] + len(revs)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", CHANGES)
def test_the_recorded_cases_are_those_of_this_program(world: World, name: str) -> None:
    found = steady(record(world, name))
    kept = json.loads(FILE.read_text()) if FILE.exists() else {}
    if os.environ.get("TRIALOGUE_RECORD"):
        text = json.dumps({**kept, name: found}, indent=1, ensure_ascii=False, sort_keys=True)
        FILE.write_text(text + "\n")
    else:
        assert kept[name] == found
        assert kept.keys() == CHANGES.keys()


ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def steady(case: dict[str, Any]) -> Any:
    """The same case with ids and times that do not change from run to run."""
    text = json.dumps(case, ensure_ascii=False)
    ids = {found: number for number, found in enumerate(sorted(set(ID.findall(text))))}
    times = {
        found: number for number, found in enumerate(sorted({m[0] for m in TIME.finditer(text)}))
    }
    text = ID.sub(lambda m: f"00000000-0000-7000-8000-{ids[m[0]]:012d}", text)
    return json.loads(TIME.sub(lambda m: f"2026-01-01T00:{times[m[0]]:02d}:00Z", text))
