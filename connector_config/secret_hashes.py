"""Hashes of what people know: argon2id, and which of them are strong enough to be believed."""

from __future__ import annotations

import re
import secrets
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# The least that OWASP's cheat sheet on storing passwords takes: passes, and KiB of memory for them.
_LEAST: Final = ((1, 47_104), (2, 19_456), (3, 12_288), (4, 9_216), (5, 7_168))
# What a document from outside may cost a device: a quarter of a GiB, a few seconds.
_MOST_PASSES: Final = 16
_MOST_KIB: Final = 262_144
_MOST_LANES: Final = 16
_FORM: Final = re.compile(
    r"\$argon2id\$v=19\$m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,9})"
    r"\$[A-Za-z0-9+/]{11,128}\$[A-Za-z0-9+/]{16,128}"
)


def fault_of_hash(text: str) -> str:
    """Why a text is no argon2id hash to go by: a verb and the rest; empty where it is one."""
    match = _FORM.fullmatch(text)
    if match is None:
        # Not shown: it may be the secret itself.
        return "is no argon2id hash"
    kib, passes, lanes = map(int, match.groups())
    if not any(passes >= least and kib >= memory for least, memory in _LEAST):
        return f"was made with too little effort (m={kib}, t={passes})"
    if passes > _MOST_PASSES or kib > _MOST_KIB or not 1 <= lanes <= _MOST_LANES:
        return f"would take too long to check (m={kib}, t={passes}, p={lanes})"
    return ""


class SecretHashes:
    """Makes and compares hashes; each takes 0.1 s and 64 MiB, so never on an event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take a hasher, by default one with the parameters of RFC 9106 for limited memory."""
        from argon2 import PasswordHasher  # loads a library, and the start does without

        self._hasher = hasher or PasswordHasher()

    def hash(self, secret: str) -> str:
        """The hash to keep of a secret, whatever it is."""
        return self._hasher.hash(secret)

    def verify(self, kept: str | None, secret: str) -> bool:
        """Whether a secret belongs to a hash; None, for nobody's, takes as long as any hash."""
        from argon2.exceptions import InvalidHashError, VerificationError

        # Made for whoever comes first, somebody or nobody: the time tells neither.
        nobody = self._nobody
        try:
            self._hasher.verify(kept or nobody, secret)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))
