"""Access tokens (JWT, RFC 7519, HS256) and opaque secrets, which are kept only as hashes.

Pure: no database.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from trialogue.core.errors import ChatError


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says: whose it is, and by which login."""

    user_id: str
    login_id: str


def sign(claims: Claims, key: str, *, issued: datetime, lifetime: int) -> str:
    """An access token that is valid for `lifetime` seconds from `issued`."""
    import jwt  # of the server alone: the library has no tokens to sign

    start = int(issued.timestamp())
    payload = {
        "sub": claims.user_id,
        "login": claims.login_id,
        "iat": start,
        "exp": start + lifetime,
        "jti": secrets.token_urlsafe(9),
    }
    return jwt.encode(payload, key, algorithm="HS256")


def read(token: str, key: str) -> Claims:
    """The claims of an access token.

    Raises ChatError `unauthenticated` for a token that is expired, forged or malformed.
    """
    import jwt

    try:
        # When it was issued matters to nobody, and clocks are set back, or differ between nodes.
        payload = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            options={"require": ["exp", "sub", "login"], "verify_iat": False},
        )
    except (jwt.PyJWTError, ValueError) as error:
        reason = "expired" if isinstance(error, jwt.ExpiredSignatureError) else "not valid"
        raise ChatError("unauthenticated", f"The access token is {reason}.") from None
    return Claims(user_id=str(payload["sub"]), login_id=str(payload["login"]))


def sign_pass(claims: Claims, key: str, *, lifetime: int) -> str:
    """A pass to look at files, for `lifetime` seconds from now: no access token, for it does not
    name its login as one does."""
    import jwt

    expires = int(time.time()) + lifetime
    payload = {"sub": claims.user_id, "files": claims.login_id, "exp": expires}
    return jwt.encode(payload, key, algorithm="HS256")


def read_pass(token: str, key: str) -> Claims:
    """The claims of a pass; ChatError `unauthenticated` for one that does not hold."""
    import jwt

    try:
        payload = jwt.decode(
            token, key, algorithms=["HS256"], options={"require": ["exp", "sub", "files"]}
        )
    except (jwt.PyJWTError, ValueError):
        raise ChatError("unauthenticated", "The cookie of files is not valid.") from None
    return Claims(user_id=str(payload["sub"]), login_id=str(payload["files"]))


def new_secret(prefix: str) -> str:
    """A secret of 256 random bits; the prefix tells people and scanners what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is kept of a secret. It has 256 bits of its own, so a fast hash is enough."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
