"""Questions of programs, for tests that ask models without a server."""

from datetime import UTC, datetime
from typing import Any

from trialogue.ai.completions import Completion
from trialogue.core import wire
from trialogue.core.completions import Question, Said
from trialogue.core.policy import Actor

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = Actor("1", "2", "member", None)


def assistant(**facts: Any) -> wire.Assistant:
    """An assistant that stands in no database."""
    user = wire.User("3", "helper", "Helper", None, "assistant", "member", True, False, None, AT)
    known = {"instructions": "", "providers": (), "settings": {}, **facts}
    return wire.Assistant(
        id="4",
        user=user,
        name="Helper",
        trigger="always",
        context={},
        standard=True,
        created_at=AT,
        **known,
    )


def question(*said: Said, whole: bool = False, **facts: Any) -> Question:
    """A question to it."""
    return Question(assistant(**facts), said or (Said("user", "Hello"),), whole=whole)


def completion(*, whole: bool = False) -> Completion:
    """An answer that nothing has been written of."""
    return Completion(NOBODY, question(whole=whole))
