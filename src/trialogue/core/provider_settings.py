"""What admins have set about model providers: kept with the workspace's settings.

Keys come here sealed: the core, and whoever reads a backup, cannot read them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import policy
from trialogue.core.errors import ChatError
from trialogue.core.models import Workspace
from trialogue.core.policy import Actor
from trialogue.core.sql import locked

SETTING = "model_providers"  # in the workspace's settings


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one provider; `sealed` is its key."""

    sealed: str | None = field(default=None, repr=False)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What a workspace has set: its providers by name, and its chain (empty: none)."""

    providers: Mapping[str, Kept] = field(default_factory=dict)
    chain: tuple[str, ...] = ()


def find(db: Session, workspace_id: str) -> ProviderSettings:
    """What a workspace has set."""
    query = select(Workspace.settings).where(Workspace.id == workspace_id)
    return _parsed(db.scalars(query).one())


def get(db: Session, actor: Actor) -> ProviderSettings:
    """The same, for owners and admins; ChatError `forbidden`."""
    policy.may_administer(actor)
    return find(db, actor.workspace_id)


def change(
    db: Session,
    actor: Actor,
    expected: ProviderSettings,
    providers: Mapping[str, Kept],
    chain: Sequence[str] | None,
) -> ProviderSettings:
    """Set providers, and the chain where one is given, for owners and admins. What is empty of a
    provider is forgotten.

    Raises ChatError `forbidden`, and `conflict` where somebody else has changed what was
    `expected`.
    """
    policy.may_administer(actor)
    query = select(Workspace).where(Workspace.id == actor.workspace_id)
    row = db.scalars(locked(query).execution_options(populate_existing=True)).one()
    before = _parsed(row.settings)
    if before != expected:
        raise ChatError("conflict", "Somebody else has just changed this; look again.")
    merged = {**before.providers, **providers}
    kept = {name: one for name, one in sorted(merged.items()) if one != Kept()}
    after = ProviderSettings(kept, before.chain if chain is None else tuple(chain))
    row.settings = {**row.settings, SETTING: _as_json(after)}
    db.flush()
    return after


def _parsed(settings: Mapping[str, object]) -> ProviderSettings:
    told = cast(dict[str, object], settings.get(SETTING) or {})
    providers = cast(dict[str, dict[str, str]], told.get("providers", {}))
    kept = {name: Kept(one.get("key"), one.get("url")) for name, one in sorted(providers.items())}
    return ProviderSettings(kept, tuple(cast(list[str], told.get("chain", []))))


def _as_json(settings: ProviderSettings) -> dict[str, object]:
    providers = {name: _told(one) for name, one in settings.providers.items()}
    return {"providers": providers, "chain": list(settings.chain)}


def _told(kept: Kept) -> dict[str, str]:
    facts = {"key": kept.sealed, "url": kept.url}
    return {name: value for name, value in facts.items() if value is not None}
