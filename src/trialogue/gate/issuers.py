"""Tokens of an outside issuer (JWT): verified by its published keys (JWKS, RFC 7517) or by a
shared secret (HS256).

Keys are fetched when they are first needed, in a thread, and kept; an unknown key id makes them
be fetched again, but not more often than every half minute, since anyone can send one.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
import structlog
from jwt import PyJWK, PyJWKClient, PyJWKSet

from trialogue.core.errors import ChatError
from trialogue.core.identities import GATEWAY, Person

log = structlog.get_logger(__name__)

# Never HS256 here: an attacker would sign with the public key as if it were the secret.
ASYMMETRIC = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
KEPT = 3600  # seconds that keys are used before they are fetched again
PAUSE = 30  # seconds between fetches, whatever tokens come
PATIENCE = 5  # seconds for the issuer to answer
LEEWAY = 10  # seconds that clocks may differ


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are accepted, and how they are verified. What is None is not checked."""

    jwks_url: str | None = None
    issuer: str | None = None
    audience: str | None = None
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a token names, and until when it holds."""

    person: Person
    expires_at: datetime


class Keys:
    """The keys that an issuer publishes."""

    def __init__(self, url: str, *, pause: float = PAUSE) -> None:
        self._client = PyJWKClient(url, cache_jwk_set=False, timeout=PATIENCE)
        self._pause = pause
        self._keys: dict[str | None, PyJWK] = {}
        self._fetched = self._tried = float("-inf")
        self._failed = False
        self._lock = asyncio.Lock()

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key with this id; ChatError `unavailable` when keys cannot be had."""
        if key_id not in self._keys or self._is_old():
            async with self._lock:  # one fetch for all who wait
                if key_id not in self._keys or self._is_old():
                    await self._renew()
        found = self._keys.get(key_id)
        if found is None and self._failed:
            raise ChatError("unavailable", "The keys of the token's issuer cannot be had just now.")
        return found

    def _is_old(self) -> bool:
        return time.monotonic() - self._fetched > KEPT

    async def _renew(self) -> None:
        if time.monotonic() - self._tried < self._pause:
            return
        self._tried = time.monotonic()
        try:
            found = await asyncio.to_thread(self._fetch)
        except (jwt.PyJWTError, OSError, ValueError) as error:
            # Keys that were good stay good: an issuer that is away for a while locks nobody out.
            self._failed = True
            log.warning("keys.unavailable", reason=str(error))
            return
        self._failed = False
        self._fetched = time.monotonic()
        self._keys = found

    def _fetch(self) -> dict[str | None, PyJWK]:
        published = PyJWKSet.from_dict(self._client.fetch_data())
        fitting = [
            key
            for key in published.keys
            if key.algorithm_name in ASYMMETRIC and key.public_key_use in (None, "sig")
        ]
        found: dict[str | None, PyJWK] = {key.key_id: key for key in fitting}
        if len(fitting) == 1:
            found[None] = fitting[0]  # a token need not name the only key there is
        return found


class Verifier:
    """Reads the tokens of one outside issuer."""

    def __init__(self, issuer: Issuer, *, pause: float = PAUSE) -> None:
        self._issuer = issuer
        self._keys = Keys(issuer.jwks_url, pause=pause) if issuer.jwks_url else None

    async def read(self, token: str) -> Vouched:
        """Whom a token names.

        Raises ChatError `unauthenticated` for one that is expired, forged, malformed or meant for
        someone else, `unavailable` when it cannot be verified at present.
        """
        try:
            header = jwt.get_unverified_header(token)
            algorithm = str(header.get("alg"))
            key = await self._key(algorithm, header.get("kid"))
            return _vouched(self._verified(token, key, algorithm))
        except jwt.ExpiredSignatureError:
            raise ChatError("unauthenticated", "The access token is expired.") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise _refused() from None

    async def _key(self, algorithm: str, key_id: str | None) -> PyJWK | str:
        """The key for what the header says; its kind decides which algorithms may be used."""
        if algorithm == "HS256" and self._issuer.secret:
            return self._issuer.secret
        if algorithm in ASYMMETRIC and self._keys is not None:
            key = await self._keys.find(key_id)
            if key is not None and key.algorithm_name == algorithm:
                return key
        raise _refused()

    def _verified(self, token: str, key: PyJWK | str, algorithm: str) -> dict[str, Any]:
        expected = self._issuer
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=expected.issuer,
            audience=expected.audience,
            leeway=LEEWAY,
            options={
                "require": ["exp", "sub"],
                "verify_aud": expected.audience is not None,
                "verify_iss": expected.issuer is not None,
            },
        )


def _refused() -> ChatError:
    return ChatError("unauthenticated", "The access token is not valid.")


def _vouched(claims: Mapping[str, Any]) -> Vouched:
    subject, issuer = claims["sub"], claims.get("iss", "")
    # The gateway's users must not be within reach of whoever makes tokens.
    if not subject or not isinstance(issuer, str) or issuer == GATEWAY:
        raise _refused()
    about = {**_mapping(claims.get("user_metadata")), **claims}
    person = Person(
        issuer=issuer or "token",
        subject=str(subject),
        username=_text(about, "preferred_username", "user_name", "nickname"),
        display_name=_text(about, "name", "full_name", "preferred_username"),
        # Whoever has not shown that an address is theirs must not keep its owner from using it.
        # Supabase's `user_metadata` is its user's own to write, so it proves nothing.
        email=_text(claims, "email") if claims.get("email_verified") is True else None,
    )
    return Vouched(person, datetime.fromtimestamp(int(claims["exp"]), UTC))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(claims: Mapping[str, Any], *names: str) -> str | None:
    found = (claims.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value.strip()), None)
