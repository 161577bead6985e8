"""The gate: whoever shows credentials is told apart here, for HTTP and for sockets alike."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import jwt

from trialogue.core import identities, logins, personal_tokens, workspaces
from trialogue.core.errors import ChatError
from trialogue.core.identities import GATEWAY, Person
from trialogue.core.policy import Actor
from trialogue.gate.credentials import Credentials
from trialogue.gate.issuers import Issuer, Verifier, Vouched
from trialogue.store.database import Database

_PERSONAL = f"{personal_tokens.PREFIX}_"


@dataclass(frozen=True, slots=True)
class Entry:
    """Who was let in. `expires_at` is set where a socket must end with what let it in; a login's
    access token is renewed behind a socket's back, so there it is None."""

    actor: Actor
    expires_at: datetime | None = None


class Gate:
    """Lets people in.

    `key` verifies our own access tokens; `trusted_secret` is what the gateway in front of this
    server shows, None for no gateway; `issuer` is whose tokens are accepted besides ours.
    """

    def __init__(
        self,
        database: Database,
        key: str,
        *,
        trusted_secret: str | None = None,
        issuer: Issuer | None = None,
    ) -> None:
        self._database = database
        self._key = key
        self._trusted_secret = trusted_secret
        self._verifier = Verifier(issuer) if issuer is not None else None
        self._workspace_id = ""

    async def vouch(self, shown: Credentials) -> Vouched | None:
        """What the outside issuer says of who shows its token, whom `admit` would ask otherwise:
        that may take seconds. None for other credentials.

        Raises ChatError `unauthenticated`, and `unavailable` when the issuer's keys cannot be had.
        """
        if self._trusted_secret is not None and shown.secret is not None:
            return None
        token = shown.token
        if self._verifier is None or not token or token.startswith(_PERSONAL) or _is_ours(token):
            return None
        return await self._verifier.read(token)

    async def admit(self, shown: Credentials, vouched: Vouched | None = None) -> Entry:
        """Who this is; `vouched` is what `vouch` has said of it already.

        Raises ChatError `unauthenticated`, `gone` when the login or the account has ended, and
        `unavailable` when the keys of an outside issuer cannot be had.
        """
        if self._trusted_secret is not None and shown.secret is not None:
            return Entry(await self._named_by_gateway(shown, self._trusted_secret))
        if not shown.token:
            raise ChatError("unauthenticated", "This needs an access token.")
        if shown.token.startswith(_PERSONAL):
            return await self._personal(shown.token)
        vouched = vouched or await self.vouch(shown)
        if vouched is not None:
            return Entry(await self._outside(vouched.person), vouched.expires_at)
        return Entry(await self._database.read(logins.identify, self._key, shown.token))

    async def admit_viewer(self, token: str) -> Actor:
        """Who looks at files with this pass; it opens nothing else. Raises as `admit`."""
        return await self._database.read(logins.identify_viewer, self._key, token)

    async def _named_by_gateway(self, shown: Credentials, expected: str) -> Actor:
        given = (shown.secret or "").encode(errors="replace")
        if not hmac.compare_digest(given, expected.encode()):
            raise ChatError("unauthenticated", "X-Trusted-Secret is wrong.")
        if not shown.user_id:
            raise ChatError("unauthenticated", "X-User-ID names nobody.")
        name = shown.user_id
        return await self._outside(Person(GATEWAY, name, username=name))

    async def _personal(self, token: str) -> Entry:
        found = await self._database.read(personal_tokens.identify, token)
        actor, expires_at, stale = found
        if stale and actor.login_id is not None:
            await self._database.write(personal_tokens.note_use, actor.login_id)
        return Entry(actor, expires_at)

    async def _outside(self, person: Person) -> Actor:
        workspace_id = await self._workspace()
        try:
            known = await self._database.read(identities.find, workspace_id, person)
            if known is not None:
                return known
            return await self._database.write(identities.admit, workspace_id, person)
        except ChatError as error:
            if error.code == "invalid":
                raise ChatError("unauthenticated", error.detail) from None
            raise

    async def _workspace(self) -> str:
        if not self._workspace_id:
            self._workspace_id = await self._database.write(workspaces.ensure_default)
        return self._workspace_id


def _is_ours(token: str) -> bool:
    """Whether a token says that it is one of ours; only its signature can prove it. Ours name
    their login, and no issuer."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError):
        return False
    return "login" in claims and "iss" not in claims
