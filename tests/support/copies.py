"""What a client keeps of a conversation, and how it is kept up by live events.

`fresh` is what a client gets anew, over HTTP; `hear` applies one event to a copy, and
`tests.support.replay.apply` the answer of `changes`. All three must come to the same.
"""

from typing import Any

from tests.support.client import Person
from tests.support.replay import WINDOW, Snapshot, apply

Json = Any
ROOM = "/api/v1/conversations"
PASSING = ("online", "last_seen_at")  # of users: told by events of their own


async def fresh(person: Person, conversation_id: str) -> Snapshot | None:
    """The conversation with its newest messages and all of its members; None for outsiders."""
    query = {"limit": WINDOW}
    opened = await person.call("GET", f"{ROOM}/{conversation_id}", params=query)
    if opened.status_code in (403, 404):
        return None
    assert opened.status_code == 200, opened.text
    members: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        answer = await person.call("GET", f"{ROOM}/{conversation_id}/members", params=page)
        if answer.status_code in (403, 404):
            return None
        members += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
    return {**opened.json(), "members": members}


def settled(copy: Snapshot | None) -> Json:
    """A copy without what passes by without a trace in the conversation: who is online, what
    has been delivered, and which reactions are one's own, as far as only oneself knows it."""
    if copy is None:
        return None
    messages = [
        {
            **one,
            "status": "sent" if one["status"] == "delivered" else one["status"],
            "reactions": [_counted_reaction(reaction) for reaction in one["reactions"]],
        }
        for one in copy["messages"]
    ]
    members = [
        {**one, "user": {key: one["user"][key] for key in one["user"] if key not in PASSING}}
        for one in copy["members"]
    ]
    kept = {key: copy[key] for key in copy if key != "peer"}
    return {**kept, "messages": messages, "members": members}


def _counted_reaction(reaction: Json) -> Json:
    return {"emoji": reaction["emoji"], "count": reaction["count"]}


def hear(copy: Snapshot, frame: Json, viewer: str) -> Snapshot | None:
    """The copy after an event; None when it says that the viewer is out."""
    name, data = frame["event"], frame["data"]
    if name == "changes":
        if data["reload"]:
            raise ValueError("a reload is told by resync, not by changes")
        shown = [_shown(message) for message in data["messages"]]
        whole = {**data, "messages": shown, "conversation": _of_viewer(copy, data, viewer)}
        return apply(copy, whole, viewer)
    if name == "conversation.me":
        return {**copy, "me": {**copy["me"], **_grown(copy["me"], data)}}
    if name == "read.marked":
        reads = {data["user_id"]: data["read_seq"]}
        return apply(copy, _nothing(copy, _counted(copy, reads, viewer)) | {"reads": reads}, viewer)
    if name == "typing":
        return copy
    return _numbered(copy, frame, viewer)


def _numbered(copy: Snapshot, frame: Json, viewer: str) -> Snapshot | None:
    """A change that has a number of its own; an older one is known already."""
    name, data, rev = frame["event"], frame["data"], frame["rev"]
    if rev <= copy["last_rev"]:
        return copy
    if name == "member.left" and data["user"]["id"] == viewer:
        return None  # it holds at once, ahead of changes that are still on their way
    assert rev == copy["last_rev"] + 1, f"{name} {rev} came after {copy['last_rev']}"
    changed = {**_conversation(copy), "last_rev": rev}
    change = _nothing(copy, changed)
    if name == "message.created":
        changed |= {"last_seq": data["seq"], "last_message": data}
        changed |= {"last_message_at": data["created_at"]}
        change |= {"messages": [_shown(data)], "reads": {data["sender"]["id"]: data["seq"]}}
        changed = _counted(changed | {"members": copy["members"]}, change["reads"], viewer)
    elif name in ("member.joined", "member.updated", "member.left"):
        change |= {"members": [data]}
        changed["member_count"] += {"member.joined": 1, "member.left": -1}.get(name, 0)
        if data["user"]["id"] == viewer:
            changed["me"] = {**changed["me"], "role": data["role"]}
    elif name in ("message.updated", "message.retracted"):
        change |= {"messages": [_shown(data)]}
        changed |= _last(copy, data)
    elif name == "reaction.changed":
        found = [one for one in copy["messages"] if one["id"] == data["message_id"]]
        change |= {"messages": [_reacted(one, data, rev) for one in found]}
        if copy["last_message"]["id"] == data["message_id"]:
            changed |= {"last_message": _reacted(copy["last_message"], data, rev)}
    elif name == "conversation.updated":
        changed |= data
    else:
        raise AssertionError(f"what is {name}?")
    return apply(copy, {**change, "conversation": changed}, viewer)


def _shown(message: Json) -> Json:
    """A message as everyone sees it, as one of a copy."""
    return {**message, "status": None, "feedback": None}


def _last(copy: Snapshot, message: Json) -> Json:
    """What a changed message changes of the conversation: it may be the last one."""
    return {"last_message": message} if copy["last_message"]["id"] == message["id"] else {}


def _reacted(message: Json, data: Json, rev: int) -> Json:
    """A message after someone's reaction; emoji stand in the order in which they first came."""
    counts = {one["emoji"]: one["count"] for one in message["reactions"]}
    counts |= {data["emoji"]: data["count"]}
    reactions = [{"emoji": emoji, "count": count} for emoji, count in counts.items() if count]
    return {**message, "rev": rev, "reactions": reactions}


def _nothing(copy: Snapshot, conversation: Json) -> Json:
    return {"messages": [], "members": [], "reads": {}, "conversation": conversation}


def _conversation(copy: Snapshot) -> Json:
    return {key: copy[key] for key in copy if key not in ("messages", "has_more", "members")}


def _grown(me: Json, data: Json) -> Json:
    """One's own state; a mark that is behind the known one is old."""
    return data if data["read_seq"] >= me["read_seq"] else {}


def _counted(copy: Snapshot, reads: Json, viewer: str) -> Json:
    """The conversation with one's own mark where these marks put it."""
    me = copy["me"]
    read_seq = max(me["read_seq"], reads.get(viewer, 0))
    unread = max(0, copy["last_seq"] - read_seq)
    return {**_conversation(copy), "me": {**me, "read_seq": read_seq, "unread": unread}}


def _of_viewer(copy: Snapshot, data: Json, viewer: str) -> Json:
    """The conversation in a `changes` frame, which is the same for all, with one's own part."""
    role = [member["role"] for member in data["members"] if member["user"]["id"] == viewer]
    me = {**copy["me"], "role": (role or [copy["me"]["role"]])[0]}
    whole = {**_conversation(copy), **data["conversation"], "me": me, "members": []}
    return _counted(whole, data["reads"], viewer)
