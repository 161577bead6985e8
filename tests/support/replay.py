"""A client's copy of a conversation, and how it is kept up: what the web client does too.

`snapshot` is what a client gets afresh; `apply` brings an old one up to date with the answer
of `changes`. Both must come to the same.
"""

import json
from typing import Any

import orjson

from tests.support.world import World
from trialogue.core import changes, conversations, members
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor

WINDOW = 50  # messages that a snapshot holds

Snapshot = dict[str, Any]


def plain(data: object) -> Any:
    """Wire types as a client sees them."""
    return json.loads(orjson.dumps(data, option=orjson.OPT_UTC_Z))


def snapshot(world: World, actor: Actor, conversation_id: str) -> Snapshot | None:
    """The conversation with its newest messages and its members; None for who is not in it."""
    try:
        found = plain(world.do(conversations.open_page, actor, conversation_id, limit=WINDOW))
        page = world.do(members.page, actor, conversation_id, limit=200)
    except ChatError:
        return None
    return {**found, "members": plain(page.items)}


def missed(world: World, actor: Actor, conversation_id: str, after: int) -> Any:
    """The answer of `changes`, or its error."""
    try:
        return plain(world.do(changes.seen, actor, conversation_id, after))
    except ChatError as error:
        return {"error": {"code": error.code, "detail": error.detail}}


def apply(before: Snapshot, change: Any, viewer: str) -> Snapshot | None:
    """An old snapshot with what changed since; `viewer` is the id of whose copy it is."""
    if "error" in change:
        return None
    by_seq = {message["seq"]: message for message in [*before["messages"], *change["messages"]]}
    people = {member["user"]["id"]: member for member in before["members"]}
    people |= {member["user"]["id"]: member for member in change["members"]}
    present = {key: member for key, member in people.items() if member["left_at"] is None}
    for key, seq in change["reads"].items():
        if key in present:
            present[key] = {**present[key], "read_seq": max(present[key]["read_seq"], seq)}
    newest = [by_seq[seq] for seq in sorted(by_seq)][-WINDOW:]
    return {
        **change["conversation"],
        "messages": [_with_status(message, present, viewer) for message in newest],
        "has_more": before["has_more"] or len(by_seq) > WINDOW,
        "members": [present[key] for key in sorted(present)],
    }


def _with_status(message: Any, people: dict[str, Any], viewer: str) -> Any:
    if message["sender"]["id"] != viewer:
        return message
    others = [member["read_seq"] for key, member in people.items() if key != viewer]
    read = bool(others) and message["seq"] <= min(others)
    return {**message, "status": "read" if read else "sent"}
