"""The doors of the SDK through which every statement goes, whoever built it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from ditto.store import Store
from ditto.sync import Sync
from ditto.transaction import Transaction

_DOORS = (
    (Store, "execute"),
    (Store, "register_observer"),
    (Transaction, "execute"),
    (Sync, "register_subscription"),
)


def look_at_doors(patch: pytest.MonkeyPatch, look: Callable[[str, Any], None]) -> None:
    """Call `look` with each statement and its parameters before it is executed, observed or
    subscribed to; where that raises, it is not.
    """

    def guard(original: Any) -> Any:
        @functools.wraps(original)
        def guarded(self: Any, query: str, *arguments: Any, **options: Any) -> Any:
            given = arguments[0] if arguments else options.get("arguments")
            look(query, None if callable(given) else given)
            return original(self, query, *arguments, **options)

        return guarded

    for owner, name in _DOORS:
        patch.setattr(owner, name, guard(getattr(owner, name)))
