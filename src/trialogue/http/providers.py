"""Model providers, for owners and admins: keys that can be set and not read, the chain, a test."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from trialogue.core import wire
from trialogue.core.arguments.providers import AskProvider, SetProviders
from trialogue.http.deps import Acting, Serving, answer, problems

router = APIRouter(prefix="/api/v1/admin/providers", tags=["Assistants"])


@router.get("", response_model=wire.ModelProviders, responses=problems(401, 403))
async def report(
    serving: Serving,
    actor: Acting,
    look: Annotated[
        bool, Query(description="Look for model servers on this machine first; 0.3 s.")
    ] = False,
) -> Response:
    """The providers of models, for owners and admins: for which of them a key is set, never the
    key itself; the chain of assistants that name nobody."""
    return answer(await serving.providers.report(actor, look=look))


@router.put("", response_model=wire.ModelProviders, responses=problems(401, 403, 409))
async def change(serving: Serving, actor: Acting, body: SetProviders) -> Response:
    """Set keys, addresses and the chain, for owners and admins; from the next question on. What
    the environment says goes first: 409 for what it says."""
    return answer(await serving.providers.change(actor, body))


@router.post("/test", response_model=wire.ProviderTest, responses=problems(401, 403))
async def test(serving: Serving, actor: Acting, body: AskProvider) -> Response:
    """Ask a provider for one token, and hear which part fails: the name, the line, the key, its
    region, the account, the model. For owners and admins."""
    return answer(await serving.providers.test(actor, body))
