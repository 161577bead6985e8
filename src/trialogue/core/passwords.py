"""Password hashes: argon2id. Slow on purpose: called outside transactions and off the loop."""

import base64
import os

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


class Passwords:
    """Hashes and verifies passwords with a given work factor (`memory` in KiB)."""

    def __init__(self, *, time_cost: int = 3, memory: int = 65_536) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory, parallelism=1)
        self._decoy = _decoy(time_cost, memory)

    def hash(self, password: str) -> str:
        """The salted hash of a password, in the PHC string format."""
        return self._hasher.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        """Whether `password` belongs to `hashed`.

        Without a hash (unknown user) a decoy is verified, so that both take the same time.
        """
        try:
            self._hasher.verify(hashed or self._decoy, password)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(hashed)


def _decoy(time_cost: int, memory: int) -> str:
    """A hash of no password: to verify it is as much work as any. It is not computed, which would
    take 64 MB and a tenth of a second of each start."""
    salt, tag = (base64.b64encode(os.urandom(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={memory},t={time_cost},p=1${salt}${tag}"
