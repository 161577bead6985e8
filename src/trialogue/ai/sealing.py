"""Keys of providers as they are kept: sealed with a key made of the server's signing key. Pure.

Fernet (AES-128-CBC with HMAC-SHA256) under a key by HKDF (RFC 5869). Whoever has the database, or
a backup of it, and not the signing key, reads nothing.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PURPOSE = b"trialogue: keys of model providers"


def seal(secret: str, text: str) -> str:
    """A text that only `unseal` with the same secret reads."""
    return _cipher(secret).encrypt(text.encode()).decode()


def unseal(secret: str, sealed: str) -> str | None:
    """The text; None where it was sealed with another secret, or is no sealed text."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher(secret).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=4)
def _cipher(secret: str) -> "Fernet":
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived))
