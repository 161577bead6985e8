"""The one entrance for what people send, on HTTP and on sockets: counted, then posted."""

from trialogue.core import posting
from trialogue.core.arguments import SendMessage
from trialogue.core.policy import Actor
from trialogue.core.posting import Posted
from trialogue.gate.limiter import SENDS, Limiter
from trialogue.store.batcher import Batcher

NAMED_PER_SEND = 10  # people named in a message who cost as much as another message
EVERYONE = 50  # people that @all counts as


class Sending:
    """Sends for users."""

    def __init__(self, batcher: Batcher, limiter: Limiter) -> None:
        self._batcher = batcher
        self._limiter = limiter

    async def send(
        self,
        actor: Actor,
        conversation_id: str,
        args: SendMessage,
        assistant_id: str | None = None,
    ) -> Posted:
        """Send a message; `assistant_id` is named by it as by a mention. Raises
        ChatError `limited`, and as `Batcher.post`."""
        self._limiter.take(SENDS, actor.user_id)
        posted = await self._batcher.post(posting.draft(actor, conversation_id, args, assistant_id))
        named = len(posted.message.mentions) + EVERYONE * posted.message.mentions_all
        if named and posted.created:
            self._limiter.note(SENDS, actor.user_id, cost=named / NAMED_PER_SEND)
        return posted
