"""What models cost: a row for each attempt, sums, and the limits of a day."""

from datetime import UTC, datetime, timedelta

from tests.support.world import World
from trialogue.core import usage
from trialogue.core.limits import Limits
from trialogue.core.policy import Actor
from trialogue.core.usage import Spent


def spent(actor: Actor, tokens: int, cost: float | None = 0.001, state: str = "done") -> Spent:
    return Spent(
        user_id=actor.user_id,
        workspace_id=actor.workspace_id,
        assistant_id=None,
        reply_id=None,
        purpose="reply",
        provider="openai",
        model="gpt-5",
        state=state,
        input_tokens=tokens,
        output_tokens=10,
        cost=cost,
        estimated=state != "done",
    )


def test_all_attempts_count_failed_ones_too(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    world.do(usage.record, [spent(ada, 100), spent(ada, 50, None, "failed"), spent(bob, 7)])
    end = datetime.now(UTC) + timedelta(minutes=1)
    span = {"since": end - timedelta(days=1), "until": end}
    mine = world.do(usage.sums, ada, user_id=ada.user_id, **span)
    assert (mine.total.requests, mine.total.input_tokens, mine.total.output_tokens) == (2, 150, 20)
    assert mine.total.cost == 0.001
    everyone = world.do(usage.sums, ada, by="user", **span)
    assert {each.key: each.input_tokens for each in everyone.items} == {
        ada.user_id: 150,
        bob.user_id: 7,
    }
    models = world.do(usage.sums, ada, by="model", **span)
    assert [each.key for each in models.items] == ["gpt-5"]
    world.refuses("forbidden", usage.sums, bob, user_id=ada.user_id, **span)
    world.refuses("forbidden", usage.sums, bob, **span)


def test_who_has_used_up_a_day_is_told_until_when(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    world.database.limits = Limits(user_tokens=100)
    world.do(usage.check, world.workspace_id, ada.user_id)
    world.do(usage.record, [spent(ada, 95)])
    refused = world.refuses("limited", usage.check, world.workspace_id, ada.user_id)
    assert "100 tokens" in refused.detail
    assert refused.retry_after is not None
    assert 0 < refused.retry_after <= 86_400
    world.do(usage.check, world.workspace_id, bob.user_id)


def test_a_workspace_has_a_limit_of_its_own_and_a_new_day_begins_anew(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    world.database.limits = Limits(workspace_tokens=100)
    world.do(usage.record, [spent(ada, 60), spent(bob, 60)])
    world.refuses("limited", usage.check, world.workspace_id, ada.user_id)
    world.later(days=1)
    world.do(usage.check, world.workspace_id, ada.user_id)
