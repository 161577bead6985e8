"""What a room holds in the end, against what its people were told while they wrote it."""

from typing import Any

from tests.support.client import Person

KEPT = ("id", "seq", "rev", "content", "created_at")


async def whole_history(person: Person, room: str) -> list[Any]:
    """All messages of a room, in pages."""
    found: list[Any] = []
    more = True
    while more:
        after = found[-1]["seq"] if found else 0
        path = f"/api/v1/conversations/{room}/messages"
        answer = await person.call("GET", path, params={"after": after, "limit": 200})
        found += answer.json()["items"]
        more = answer.json()["has_more"]
    return found


def check(found: list[Any], acknowledged: dict[str, Any]) -> None:
    """Numbers are dense, ids are unique, times never fall, and all that was acknowledged is there
    as it was told."""
    assert [message["seq"] for message in found] == list(range(1, len(found) + 1))
    times = [message["created_at"] for message in found]
    assert times == sorted(times)
    stored = {message["client_id"]: message for message in found}
    assert len(stored) == len(found)
    for client_id, told in acknowledged.items():
        kept = stored[client_id]
        assert [kept[key] for key in KEPT] == [told[key] for key in KEPT]
