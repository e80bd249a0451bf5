"""Passwords and PINs: their length, and their argon2id hashes."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from connector_config.errors import UserError

# A longer text would only cost time.
LONGEST: Final = 256
_SHORTEST: Final = 10
_SHORTEST_PIN: Final = 6


class Passwords:
    """Makes and compares hashes; each takes some 50 ms and 64 MiB, so never on an event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take a hasher, by default one with the parameters of RFC 9106 for limited memory."""
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(16))

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
        return self._hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password belongs to a hash; None, for no user, takes as long as any hash."""
        # Earlier versions hashed what was typed, as the keyboard gave it.
        forms = (composed(password), password, unicodedata.normalize("NFD", password))
        matches = [self._matches(kept or self._nobody, form) for form in dict.fromkeys(forms)]
        return kept is not None and any(matches)

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def composed(password: str) -> str:
    """The password in one form (NFC): some keyboards send an ä as two characters."""
    return unicodedata.normalize("NFC", password)
