"""What models cost: a row for each attempt, sums of them, and the limits of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from trialogue.core import policy, wire
from trialogue.core.errors import QuotaError
from trialogue.core.limits import limits, now
from trialogue.core.models import Usage
from trialogue.core.policy import Actor

BILLIONTHS = 1_000_000_000
Grouping = Literal["day", "user", "assistant", "model"]
COLUMNS = {
    "user": Usage.user_id,
    "assistant": Usage.assistant_id,
    "model": Usage.model,
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What one attempt at a model took; `cost` in US dollars."""

    user_id: str
    workspace_id: str
    assistant_id: str | None
    reply_id: str | None
    purpose: Literal["reply", "title", "summary", "api"]
    provider: str
    model: str
    state: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    estimated: bool


def record(db: Session, spent: Sequence[Spent]) -> None:
    """Keep what attempts took."""
    for each in spent:
        db.add(
            Usage(
                workspace_id=each.workspace_id,
                user_id=each.user_id,
                assistant_id=each.assistant_id,
                reply_id=each.reply_id,
                purpose=each.purpose,
                provider=each.provider,
                model=each.model,
                state=each.state,
                input_tokens=each.input_tokens,
                output_tokens=each.output_tokens,
                cost=None if each.cost is None else round(each.cost * BILLIONTHS),
                estimated=each.estimated,
                created_at=now(db),
            )
        )
    db.flush()


def check(db: Session, workspace_id: str, user_id: str) -> None:
    """QuotaError where a user, or the workspace, has used up its tokens of the day
    (UTC)."""
    most_user, most_all = limits(db).user_tokens, limits(db).workspace_tokens
    if most_user is None and most_all is None:
        return
    today = now(db).replace(hour=0, minute=0, second=0, microsecond=0)
    rest = int((today + timedelta(days=1) - now(db)).total_seconds()) + 1
    for most, whose, where in (
        (most_user, "You have", Usage.user_id == user_id),
        (most_all, "This workspace has", Usage.workspace_id == workspace_id),
    ):
        if most is not None and _tokens(db, where, today) >= most:
            detail = f"{whose} used up the {most} tokens of today; they begin anew at 00:00 UTC."
            raise QuotaError(detail, retry_after=rest)


def _tokens(db: Session, where: ColumnElement[bool], since: datetime) -> int:
    total = func.coalesce(func.sum(Usage.input_tokens + Usage.output_tokens), 0)
    return int(db.scalars(select(total).where(where, Usage.created_at >= since)).one())


def sums(
    db: Session,
    actor: Actor,
    *,
    since: datetime,
    until: datetime,
    user_id: str | None = None,
    assistant_id: str | None = None,
    by: Grouping = "day",
) -> wire.UsageReport:
    """What was used in a time: one's own; admins may ask for anyone's, or for all.

    Raises ChatError `forbidden`.
    """
    if user_id != actor.user_id:
        policy.may_administer(actor)
    where = [
        Usage.workspace_id == actor.workspace_id,
        Usage.created_at >= since,
        Usage.created_at < until,
    ]
    if user_id is not None:
        where.append(Usage.user_id == user_id)
    if assistant_id is not None:
        where.append(Usage.assistant_id == assistant_id)
    condition = and_(*where)
    items = _by_day(db, condition) if by == "day" else _by(db, condition, by)
    return wire.UsageReport(since, until, by, _sum(items, "all"), items, _limits(db))


def _limits(db: Session) -> wire.UsageLimits:
    return wire.UsageLimits(limits(db).user_tokens, limits(db).workspace_tokens)


def _by(db: Session, where: ColumnElement[bool], by: str) -> list[wire.UsageSum]:
    column = COLUMNS[by]
    query = select(
        column,
        func.count(),
        func.sum(Usage.input_tokens),
        func.sum(Usage.output_tokens),
        func.sum(Usage.cost),
    )
    rows = db.execute(query.where(where).group_by(column)).all()
    found = [_row(str(row[0] or ""), row[1], row[2], row[3], row[4]) for row in rows]
    return sorted(found, key=lambda each: -(each.input_tokens + each.output_tokens))


def _by_day(db: Session, where: ColumnElement[bool]) -> list[wire.UsageSum]:
    """Days are cut here: each database has a way of its own to do it."""
    query = select(Usage.created_at, Usage.input_tokens, Usage.output_tokens, Usage.cost)
    days: dict[str, list[wire.UsageSum]] = {}
    for moment, given, made, cost in db.execute(query.where(where)):
        day = moment.date().isoformat()
        days.setdefault(day, []).append(_row(day, 1, given, made, cost))
    return [_sum(each, day) for day, each in sorted(days.items())]


def _row(key: str, count: int, given: int, made: int, cost: int | None) -> wire.UsageSum:
    spent = None if cost is None else int(cost) / BILLIONTHS
    return wire.UsageSum(key, count, int(given), int(made), spent)


def _sum(parts: Sequence[wire.UsageSum], key: str) -> wire.UsageSum:
    costs = [part.cost for part in parts if part.cost is not None]
    return wire.UsageSum(
        key,
        sum(part.requests for part in parts),
        sum(part.input_tokens for part in parts),
        sum(part.output_tokens for part in parts),
        sum(costs) if costs else None,
    )
