"""What models cost: one's own usage and limits; admins ask for others'."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from trialogue.core import arguments, usage, wire
from trialogue.http.deps import Acting, Serving, answer, problems

router = APIRouter(prefix="/api/v1/usage", tags=["Usage"])
DAYS = 30  # that are told of where no beginning is named


@router.get("", response_model=wire.UsageReport, responses=problems(401, 403))
async def report(
    serving: Serving,
    actor: Acting,
    since: Annotated[
        datetime | None, Query(alias="from", description="From this time on; 30 days ago.")
    ] = None,
    until: Annotated[
        datetime | None, Query(alias="to", description="Before this time; now.")
    ] = None,
    user_id: Annotated[
        arguments.Id | None, Query(description="Whose; one's own. Others' for admins.")
    ] = None,
    everyone: Annotated[bool, Query(description="Of all users together, for admins.")] = False,
    assistant_id: Annotated[arguments.Id | None, Query(description="Of this one only.")] = None,
    by: Annotated[
        Literal["day", "user", "assistant", "model"], Query(description="How it is grouped.")
    ] = "day",
) -> Response:
    """Tokens and costs of all attempts at a model, failed and stopped ones among them (estimated
    where a provider did not count them), and the limits of a day."""
    end = _zoned(until) or datetime.now(UTC)
    found = await serving.database.read(
        usage.sums,
        actor,
        since=_zoned(since) or end - timedelta(days=DAYS),
        until=end,
        user_id=None if everyone else user_id or actor.user_id,
        assistant_id=assistant_id,
        by=by,
    )
    return answer(found)


def _zoned(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
