"""The same conversation over raw WebSocket and over HTTP, field by field against the contract."""

from typing import Any

import pytest

from tests.http.shapes import (
    CHANGES,
    CONVERSATION,
    LIVE_CONVERSATION,
    LIVE_MESSAGE,
    ME,
    MEMBER,
    MESSAGE,
    USER,
    is_id,
    is_time,
)
from tests.support.client import Stage
from tests.support.server import Server

pytestmark = pytest.mark.on_mariadb

ROOM = "/api/v1/conversations"


def shown_to_all(message: Any) -> Any:
    """A message without what depends on who looks."""
    return {key: message[key] for key in message if key in LIVE_MESSAGE}


async def test_ready_says_who_one_is_and_where_all_conversations_stand(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        await ada.say(room)
        async with bob.socket() as tab, ada.socket() as socket:
            ready = socket.frames[0]
            await tab.settled()
        assert list(ready) == ["event", "data"]
        data = ready["data"]
        expected = {"user", "connection_id", "heartbeat", "generation", "conversations"}
        assert set(data) == expected | {"more", "online", "limits"}
        assert set(data["user"]) == ME
        assert data["user"] == {**ada.grant["user"], "online": True}
        assert data["connection_id"]
        assert data["heartbeat"] > 0
        assert data["generation"] == 1
        assert data["more"] is False
        assert data["online"] == [bob.id]
        facts = {"kind": "group", "name": "Room", "last_seq": 1, "last_rev": 3}
        assert data["conversations"] == [{"id": room, **facts, "read_seq": 1, "unread": 0}]


async def test_a_message_is_the_same_however_it_was_sent_and_heard(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        async with ada.socket() as mine, bob.socket() as theirs, ada.socket() as tab:
            over_socket = await mine.done(
                "messages.send", conversation_id=room, content="你好 👋", client_id="s"
            )
            over_http = await ada.say(room, "你好 👋", client_id="h")
            page = await ada.ok("GET", f"{ROOM}/{room}/messages")
            assert set(over_socket) == set(over_http) == MESSAGE
            assert page["items"] == [over_socket, over_http]
            varies = {"id", "seq", "rev", "client_id", "created_at"}
            assert all(over_socket[key] == over_http[key] for key in MESSAGE - varies)
            for socket in (mine, theirs, tab):
                for sent in (over_socket, over_http):
                    frame = await socket.expect("message.created", id=sent["id"])
                    assert list(frame) == ["event", "conversation_id", "rev", "data"]
                    assert frame["conversation_id"] == room
                    assert frame["rev"] == frame["data"]["rev"]
                    assert set(frame["data"]) == LIVE_MESSAGE
                    assert frame["data"] == shown_to_all(sent)
            assert [frame["rev"] for frame in theirs.about(room)] == [3, 4]


async def test_repeats_are_answered_alike_on_both_ways(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        room = await ada.room()
        async with ada.socket() as socket:
            first = await ada.say(room, "once", client_id="k")
            again = await socket.done(
                "messages.send", conversation_id=room, content="twice", client_id="k"
            )
            assert again == first
            await socket.settled()
            assert len(socket.events("message.created")) == 1


async def test_membership_is_told_as_http_shows_it(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob, eve = await stage.people("ada", "bob", "eve")
        room = await ada.room(bob)
        async with ada.socket() as socket, eve.socket() as hers:
            added = await ada.ok("POST", f"{ROOM}/{room}/members", user_id=eve.id)
            joined = await socket.expect("member.joined")
            assert list(joined) == ["event", "conversation_id", "rev", "data"]
            assert set(joined["data"]) == MEMBER
            assert set(joined["data"]["user"]) == USER
            assert joined["data"] == added
            created = await hers.expect("conversation.created", id=room)
            assert set(created["data"]) == CONVERSATION
            assert "rev" not in created
            opened = await eve.ok("GET", f"{ROOM}/{room}")
            # The message that records it comes next, so it is not in what was told first.
            moved = {"last_seq", "last_rev", "last_message", "last_message_at", "me"}
            for key in created["data"].keys() - moved:
                assert created["data"][key] == opened[key]
            told = await hers.expect("message.created")
            assert (told["data"]["type"], told["rev"]) == ("system", opened["last_rev"])
            changed = await ada.ok("PATCH", f"{ROOM}/{room}/members/{eve.id}", role="admin")
            assert (await hers.expect("member.updated"))["data"] == changed
            await ada.ok("DELETE", f"{ROOM}/{room}/members/{eve.id}")
            for heard in (await hers.expect("member.left"), await socket.expect("member.left")):
                assert set(heard["data"]) == MEMBER
                assert is_time(heard["data"]["left_at"])
                assert heard["data"]["user"]["id"] == eve.id
                assert heard["rev"] == 8


async def test_changed_rooms_are_told_without_what_is_ones_own(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        async with bob.socket() as socket:
            changed = await ada.ok("PATCH", f"{ROOM}/{room}", name="新", description="why")
            frame = await socket.expect("conversation.updated")
            assert list(frame) == ["event", "conversation_id", "rev", "data"]
            assert set(frame["data"]) == LIVE_CONVERSATION
            assert frame["data"] == {key: changed[key] for key in LIVE_CONVERSATION}
            await ada.ok("DELETE", f"{ROOM}/{room}")
            archived = await socket.expect("conversation.updated", match=lambda f: f["rev"] == 7)
            assert is_time(archived["data"]["archived_at"])


async def test_resuming_answers_as_changes_do(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob, eve = await stage.people("ada", "bob", "eve")
        room, other = await ada.room(bob), await ada.room(bob)
        gone, public = await ada.room(eve), await eve.room(public=True)
        await ada.say(room)
        await bob.ok("PUT", f"{ROOM}/{room}/read", seq=1)
        async with bob.socket() as socket:
            cursors = {room: 2, other: 2, gone: 0, public: 0, eve.id: 0}
            found = await socket.done("sync.resume", cursors=cursors)
            assert set(found) == set(cursors)
            for known in (room, other):
                path = f"{ROOM}/{known}/changes"
                answer = (await bob.call("GET", path, params={"after": 2})).json()
                assert set(found[known]) == CHANGES
                assert found[known] == answer
            assert found[room]["messages"][0]["content"] == "Hello"
            assert found[room]["reads"] == {ada.id: 1, bob.id: 1}
            for strange, code in ((gone, "not_found"), (public, "not_member")):
                assert set(found[strange]) == {"error"}
                assert found[strange]["error"]["code"] == code
                assert found[strange]["error"]["detail"]
            assert found[eve.id]["error"]["code"] == "not_found"
            future = await socket.done("sync.resume", cursors={room: 10**9})
            assert future[room]["reload"] is True


async def test_marks_are_told_to_all_and_ones_own_state_to_oneself(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob, eve = await stage.people("ada", "bob", "eve")
        room = await ada.room(bob)
        for _ in range(3):
            await ada.say(room)
        async with (
            ada.socket() as hers,
            bob.socket() as his,
            bob.socket() as tab,
            eve.socket() as out,
        ):
            answer = await his.ask("reads.mark", conversation_id=room, seq=1)
            assert answer["ok"] is True
            await bob.ok("PUT", f"{ROOM}/{room}/read", seq=2)
            for socket in (hers, his, tab):
                frame = await socket.expect("read.marked", user_id=bob.id, read_seq=2)
                assert set(frame) == {"event", "conversation_id", "at_rev", "data"}
                assert set(frame["data"]) == {"user_id", "read_seq", "delivered_seq", "read_at"}
                assert frame["data"]["delivered_seq"] == 2
                assert is_time(frame["data"]["read_at"])
            for socket in (his, tab):
                frame = await socket.expect("conversation.me", read_seq=2)
                assert set(frame) == {"event", "conversation_id", "at_rev", "data"}
                assert frame["data"] == {
                    "notify": "all",
                    "pinned_at": None,
                    "read_seq": 2,
                    "unread": 1,
                    "mentions": 0,
                }
            await hers.settled()
            await out.settled()
            assert hers.events("conversation.me") == []
            assert out.about(room) == []
            assert out.events("read.marked") == []


async def test_refusals_have_the_same_code_on_both_ways(server: Server) -> None:
    async with Stage(server) as stage:
        ada, eve = await stage.people("ada", "eve")
        closed, public = await ada.room(), await ada.room(public=True)
        archived = await eve.room(public=True)
        await eve.ok("DELETE", f"{ROOM}/{archived}")
        async with eve.socket() as socket:
            for room, content, code in (
                (closed, "x", "not_found"),
                (eve.id, "x", "not_found"),
                (public, "x", "not_member"),
                (archived, "x", "conflict"),
                (archived, "", "conflict"),
            ):
                path = f"{ROOM}/{room}/messages"
                over_http = await eve.call("POST", path, json={"content": content})
                answer = await socket.ask("messages.send", conversation_id=room, content=content)
                assert set(answer) == {"id", "ok", "error"}
                assert set(answer["error"]) == {"code", "detail"}
                assert answer["error"]["code"] == over_http.json()["code"] == code
                assert answer["error"]["detail"] == over_http.json()["detail"]


async def test_a_direct_conversation_is_told_to_the_other_person(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        async with bob.socket() as socket, ada.socket() as mine:
            made = await ada.ok("POST", ROOM, kind="direct", user_id=bob.id)
            for one, other in ((socket, ada), (mine, bob)):
                frame = await one.expect("conversation.created", id=made["id"])
                assert set(frame["data"]) == CONVERSATION
                assert frame["data"]["peer"]["id"] == other.id
                assert frame["data"]["peer"]["online"] is True
                assert frame["data"]["me"]["unread"] == 0
            sent = await mine.done("messages.send", conversation_id=made["id"], content="psst")
            heard = await socket.expect("message.created", id=sent["id"])
            assert is_id(heard["data"]["session_id"])
