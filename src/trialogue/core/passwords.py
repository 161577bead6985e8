"""Password hashes: argon2id. Slow on purpose: called outside transactions and off the loop."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


class Passwords:
    """Hashes and verifies passwords with a given work factor (`memory` in KiB)."""

    def __init__(self, *, time_cost: int = 3, memory: int = 65_536) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory, parallelism=1)
        self._decoy = self._hasher.hash("nobody's password")

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
