"""What the login server gave this device to show that it has signed somebody in before."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

_LONGEST = 2_000


class DeviceProofs:
    """Keeps a proof for each person in a file; it lets nobody in.

    With it the login server does not hold this device up for what strangers guess elsewhere. Where
    the file cannot be read or written the device is as one that is new.
    """

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / "login-device.json"

    def of(self, user: str) -> str:
        """The proof for a person; empty where there is none."""
        return self._read().get(user, "")

    def keep(self, user: str, proof: str) -> None:
        """Keep a proof for the next login."""
        kept = self._read()
        if not _usable(proof) or kept.get(user) == proof:
            return
        beside = self._file.with_suffix(".new")
        with suppress(OSError):
            beside.write_text(json.dumps(kept | {user: proof}), encoding="utf-8")
            beside.replace(self._file)

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return {user: proof for user, proof in kept.items() if _usable(proof)}
        except (OSError, ValueError, AttributeError):
            return {}


def _usable(proof: object) -> bool:
    """Whether it can be sent as a header."""
    return (
        isinstance(proof, str)
        and 0 < len(proof) <= _LONGEST
        and proof.isascii()
        and proof.isprintable()
    )
