"""Who is let in, and how one is sent away: all of it as a client sees it."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.live.conftest import Client, House, Play
from trialogue.gate.proxies import Proxies
from trialogue.live import handshake

NOWHERE = "01234567-89ab-7def-8123-456789abcdef"


async def refused(house: House, path: str = "/ws", **options: object) -> int:
    """The status with which an upgrade is refused."""
    with pytest.raises(InvalidStatus) as caught:
        await connect(house.url(path), **options)  # type: ignore[arg-type]
    assert caught.value.response.headers["Content-Type"] == "application/problem+json"
    return caught.value.response.status_code


async def code(house: House, token: str, path: str = "/ws") -> int | None:
    """The code with which an accepted socket is closed."""
    async with house.client(token, path) as client:
        return (await client.closed())[0]


def test_a_token_may_come_in_three_ways(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        pair = [Subprotocol("trialogue"), Subprotocol(ada.token)]
        async with connect(house.url(), subprotocols=pair) as socket:
            assert socket.subprotocol == "trialogue"
            await Client(socket).event("ready")
        async with connect(house.url(f"/ws?token={ada.token}")) as socket:
            assert socket.subprotocol is None
            await Client(socket).event("ready")
        async with house.joined(ada):
            pass

    play(scene)


def test_without_a_good_token_the_socket_opens_and_is_closed_with_4001(play: Play) -> None:
    async def scene(house: House) -> None:
        for token in ("", "nonsense", "a.b.c", "é"):
            assert await code(house, "", f"/ws?token={token}") == 4001
        assert await code(house, "nonsense") == 4001

    play(scene)


def test_a_login_that_has_ended_is_closed_with_4009(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        await house.log_out(ada)
        assert await code(house, ada.token) == 4009

    play(scene)


def test_one_conversation_is_found_by_its_id_or_by_that_of_a_session(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        room, other = await house.room(ada), await house.room(ada)
        message = await house.post(ada, room)
        for target in (room, room.upper(), message.session_id):
            async with house.client(ada.token, f"/ws/chat/{target}") as client:
                data = (await client.event("ready"))["data"]
                assert [each["id"] for each in data["conversations"]] == [room]
                await house.post(ada, other)
                await house.post(ada, room)
                heard = await client.event("message.created")
                assert heard["conversation_id"] == room

    play(scene)


def test_what_is_hidden_is_4004_and_what_one_may_know_of_4003(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        private, public = await house.room(ada), await house.room(ada, public=True)
        assert await code(house, bob.token, f"/ws/chat/{private}") == 4004
        assert await code(house, bob.token, f"/ws/chat/{NOWHERE}") == 4004
        assert await code(house, bob.token, "/ws/chat/no-id-at-all") == 4004
        assert await code(house, bob.token, f"/ws/chat/{public}") == 4003

    play(scene)


def test_other_paths_are_refused_before_the_upgrade(play: Play) -> None:
    async def scene(house: House) -> None:
        for path in ("/", "/ws/", "/wss", "/ws/chat/", "/ws/chat", "/ws/chat/a/b", "/api/v1/ws"):
            assert await refused(house, path) == 404

    play(scene)


def test_pages_of_other_origins_are_refused_before_the_upgrade(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        headers = {"Authorization": f"Bearer {ada.token}"}
        host = f"127.0.0.1:{house.port}"
        for origin in (f"http://{host}", f"https://{host}", "https://friend.example"):
            options = {"origin": Origin(origin), "additional_headers": headers}
            async with connect(house.url(), **options) as socket:  # type: ignore[arg-type]
                await Client(socket).event("ready")
        for origin in ("https://evil.example", "null", f"http://{host}.evil.example", "http://["):
            assert await refused(house, origin=Origin(origin), additional_headers=headers) == 403

    play(scene, allowed_origins=("https://friend.example/",))


def test_requests_that_are_no_handshake_are_refused(play: Play) -> None:
    async def scene(house: House) -> None:
        head = f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\n"
        upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        version = "Sec-WebSocket-Version: 13\r\n"
        for headers, status in (
            (upgrade + version, 400),
            (upgrade + "Sec-WebSocket-Key: short\r\n" + version, 400),
            (upgrade + key + "Sec-WebSocket-Version: 8\r\n", 400),
            (upgrade + key + version + "Origin: http://a\r\nOrigin: http://b\r\n", 400),
            (upgrade + key + version + "X-Long: " + "x" * handshake.REQUEST_MOST + "\r\n", 431),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
            writer.write((head + headers + "\r\n").encode())
            answer = await asyncio.wait_for(reader.read(), 10)
            assert answer.startswith(b"HTTP/1.1 %d " % status), answer
            writer.close()

    play(scene)


def test_a_sane_request_id_is_kept_and_another_replaced(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        for given, kept in (("abc-1.2_3", True), ("a b", False), ("x" * 200, False)):
            headers = {"Authorization": f"Bearer {ada.token}", "X-Request-ID": given}
            async with connect(house.url(), additional_headers=headers) as socket:
                assert socket.response is not None
                assert (socket.response.headers["X-Request-ID"] == given) is kept

    play(scene)


def test_the_address_is_the_proxies_word_and_the_token_stays_out_of_the_log() -> None:
    request = b"GET /ws?token=secret HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n"
    for trusted, address in (("10.0.0.0/8", "1.1.1.1"), ("", "10.0.0.1")):
        upgrade = handshake.read(request, "10.0.0.1", frozenset(), Proxies(trusted))
        assert upgrade.address == address
        assert "secret" not in str(upgrade.facts())
