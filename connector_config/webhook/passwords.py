"""Passwords and PINs: their length, and their argon2id hashes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from connector_config.errors import UserError
from connector_config.secret_hashes import SecretHashes

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# A longer text would only cost time.
LONGEST: Final = 256
_SHORTEST: Final = 10
_SHORTEST_PIN: Final = 6


class Passwords:
    """Makes and compares hashes; each takes some 50 ms and 64 MiB, so never on an event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take a hasher, by default one with the parameters of RFC 9106 for limited memory."""
        self._hashes = SecretHashes(hasher)

    def hash(self, password: str) -> str:
        """The hash to keep; raises UserError for a password that is too short or too long."""
        password = composed(password)
        shortest = _SHORTEST_PIN if password.isascii() and password.isdecimal() else _SHORTEST
        # What cannot be printed cannot be typed again, or is not even text.
        if not shortest <= len(password) <= LONGEST or not password.isprintable():
            raise UserError(
                f"A password has {_SHORTEST} to {LONGEST} printable characters, and a PIN at least "
                f"{_SHORTEST_PIN} digits: choose another."
            )
        return self._hashes.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password belongs to a hash; None, for no user, takes as long as any hash."""
        # Earlier versions hashed what was typed, as the keyboard gave it.
        forms = (composed(password), password, unicodedata.normalize("NFD", password))
        # All of them, so that the time does not tell which one it was.
        matches = [self._hashes.verify(kept, form) for form in dict.fromkeys(forms)]
        return any(matches)


def composed(password: str) -> str:
    """The password in one form (NFC): some keyboards send an ä as two characters."""
    return unicodedata.normalize("NFC", password)
