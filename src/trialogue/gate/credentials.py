"""What someone shows to be let in: a bearer token, or the word of a trusted gateway."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """The token, and the headers `X-User-ID` and `X-Trusted-Secret`; None where not sent."""

    token: str | None = field(default=None, repr=False)
    user_id: str | None = None
    secret: str | None = field(default=None, repr=False)
