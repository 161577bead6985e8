"""`sync.resume` brings exactly what was missed, and says what to forget."""

import asyncio
import json
import socket as sockets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import jwt
import pytest
from pydantic import ValidationError

from tests.live.conftest import PATIENCE, House, Play
from tests.support.issuer import Issuer as Signer
from trialogue.core import changes
from trialogue.core.policy import Actor
from trialogue.gate import issuers
from trialogue.gate.issuers import Issuer
from trialogue.live import resume as resuming
from trialogue.live.commands import ResumeSync
from trialogue.live.floor import IN_TURN, Patience
from trialogue.live.resume import resume
from trialogue.live.turnstile import Turnstile

pytestmark = pytest.mark.on_mariadb


def test_what_was_missed_comes_for_each_conversation(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        busy, quiet, left = [await house.room(ada, bob) for _ in range(3)]
        for number in range(3):
            await house.post(ada, busy, str(number))
        await house.remove(ada, left, bob)
        async with house.joined(bob) as (client,):
            answer = await client.ask("sync.resume", cursors={busy: 3, quiet: 2, left: 2})
            found = answer["data"]
            assert [message["content"] for message in found[busy]["messages"]] == ["1", "2"]
            assert (found[busy]["rev"], found[busy]["reload"]) == (5, False)
            assert (found[quiet]["messages"], found[quiet]["rev"]) == ([], 2)
            assert found[left]["error"]["code"] == "not_found"

    play(scene)


def test_as_many_conversations_as_may_be_asked_for_are_answered(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        rooms = [await house.room(ada) for _ in range(25)]
        async with house.joined(ada) as (client,):
            answer = await client.ask("sync.resume", cursors=dict.fromkeys(rooms, 0))
            assert answer["data"].keys() == set(rooms)
            members = [found["members"] for found in answer["data"].values()]
            assert all(member[0]["user"]["online"] for member in members)
            too_many = {f"01234567-89ab-7def-8123-{number:012x}": 0 for number in range(201)}
            refused = await client.ask("sync.resume", cursors=too_many)
            assert refused["error"]["code"] == "invalid"

    play(scene)


def test_many_who_come_back_at_once_are_answered_in_turn(play: Play) -> None:
    """However long it takes: a read begins when it is somebody's turn, so its time cannot run out
    in the queue; and who has gone meanwhile is not read for."""

    async def scene(house: House) -> None:
        people = [await house.person(f"person{number}") for number in range(IN_TURN + 5)]
        room = await house.room(*people)
        begun, turn = 0, asyncio.Event()
        read = house.database.read

        async def held(fn: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal begun
            if fn is changes.resume:
                begun += 1
                await turn.wait()
            return await read(fn, *args, **kwargs)

        async with house.joined(*people) as (gone, *clients):
            house.database.read = held  # type: ignore[method-assign, assignment]
            asked = [
                asyncio.create_task(client.ask("sync.resume", cursors={room: 0}))
                for client in clients
            ]
            try:
                async with asyncio.timeout(PATIENCE):
                    while begun < IN_TURN:  # noqa: ASYNC110 — the server offers nothing to wait for
                        await asyncio.sleep(0)
                late = {"id": "late", "do": "sync.resume", "args": {"cursors": {room: 0}}}
                await gone.socket.send(json.dumps(late))
                assert (await gone.ask("ping"))["ok"]
                assert begun == IN_TURN
                await gone.socket.close()
            finally:
                turn.set()
            answers = await asyncio.gather(*asked)
            assert all(answer["data"][room]["rev"] == len(people) for answer in answers)
            assert begun == len(clients)

    play(scene)


@dataclass
class Asker:
    """Who asks without a socket."""

    actor: Actor
    ended: bool = False


def test_a_long_answer_is_read_in_small_turns_between_which_others_pass(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "CHARACTERS_MOST", 0)

    async def scene(house: House) -> None:
        ada = await house.person("ada")
        rooms = [await house.room(ada) for _ in range(resuming.FULL_MOST + 5)]
        floor = replace(house.line.floor, turnstile=Turnstile(1))
        order: list[str] = []
        others: list[asyncio.Task[None]] = []
        read = house.database.read

        async def passing() -> None:
            async with floor.turnstile.turn():
                order.append("another")

        async def noted(fn: Any, actor: Actor, some: Mapping[str, int], *, limit: int) -> Any:
            order.append("read")
            assert len(some) <= resuming.FULL_MOST
            others.append(asyncio.create_task(passing()))
            return await read(fn, actor, some, limit=limit)

        house.database.read = noted  # type: ignore[method-assign, assignment]
        answers = await resume(floor, Asker(ada.actor), dict.fromkeys(rooms, 0))
        assert answers.keys() == set(rooms)
        await asyncio.gather(*others)
        assert order == ["read", "another"] * len(rooms)

    play(scene)


def unknown() -> str:
    """A token of whom only the issuer can tell."""
    key = Signer().keys["elliptic"][1]
    return jwt.encode({"sub": "eve", "exp": 2**33}, key, "ES256", headers={"kid": "unknown"})


def test_nobody_waits_for_the_issuer_of_another_ones_token(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "PATIENCE", 6 * PATIENCE)
    token = unknown()
    silent = sockets.create_server(("127.0.0.1", 0))
    silent.settimeout(PATIENCE)

    async def scene(house: House) -> None:
        ada = await house.person("ada")
        async with AsyncExitStack() as stack:
            strangers = [
                await stack.enter_async_context(house.client(token)) for _ in range(2 * IN_TURN)
            ]
            refused = [asyncio.create_task(each.closed()) for each in strangers]
            line, _ = await asyncio.to_thread(silent.accept)
            with silent, line:  # else each stranger waits for an answer of its own
                async with house.joined(ada) as (client,):
                    assert (await client.ask("ping"))["ok"]
                assert not any(each.done() for each in refused)
            assert {code for code, _ in await asyncio.gather(*refused)} <= {1013, 4001}

    url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
    play(scene, issuer=Issuer(jwks_url=url), patience=Patience(arrival=6 * PATIENCE))


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_stop_waits_for_no_issuer(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuers, "PATIENCE", 6 * PATIENCE)
    token = unknown()
    silent = sockets.create_server(("127.0.0.1", 0))
    silent.settimeout(PATIENCE)

    async def scene(house: House) -> None:
        async with house.client(token):
            line, _ = await asyncio.to_thread(silent.accept)
            with silent, line:
                async with asyncio.timeout(PATIENCE):
                    await house.line.floor.stop()
            assert house.line.floor.tasks == set()

    issuer = Issuer(jwks_url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
    play(scene, issuer=issuer, patience=Patience(arrival=6 * PATIENCE))


def test_too_many_cursors_are_counted_before_they_are_looked_at() -> None:
    with pytest.raises(ValidationError, match="200") as refused:
        ResumeSync.model_validate({"cursors": {str(number): "x" for number in range(50_000)}})
    assert refused.value.error_count() == 1
