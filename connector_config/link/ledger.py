"""What may come into the ledger: movements whose fields have their types, and that never change.

A counter is the sum of its movements, so one that says its quantity in another type, or another
one than before, is set aside on every device alike, until it is mended where it was written.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from connector_config.link.store import Body
from connector_config.schema.stock_documents import StockMovement
from connector_config.schema.values import MOST, shown

_COUNTED: Final = ("inventory_id", "quantity")
_WORDS: Final = {str: "no text", int: "no whole number", bool: "neither true nor false"}


def sound(movement: Mapping[str, Any]) -> Body:
    """A movement of MongoDB as it comes into the ledger; raises ValueError with the reason."""
    read = {name: _typed(name, value) for name, value in movement.items()}
    for name in _COUNTED:
        if read.get(name) is None:
            raise ValueError(f"Its {name} is missing, so it cannot be counted: correct it.")
    return read


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Why what is told of a known movement cannot be true, in a sentence; empty where it can."""
    for name in _COUNTED:
        if before.get(name) != now.get(name):
            return (
                f"Its {name} is {shown(now.get(name))} and was {shown(before.get(name))} here: a "
                "movement never changes, so write it as it was, and another one for the difference."
            )
    return ""


def is_sound(movement: Mapping[str, Any]) -> bool:
    """Whether a movement could come into the ledger; older versions took in others as well."""
    try:
        sound(movement)
    except ValueError:
        return False
    return True


def units(movement: Mapping[str, Any] | None) -> int:
    """The quantity of a movement that is here."""
    try:
        return 0 if movement is None else int(movement.get("quantity") or 0)
    except (TypeError, ValueError):
        return 0


def _typed(name: str, value: Any) -> Any:
    wanted = _types().get(name)
    if wanted is None or value is None or type(value) is wanted:
        if wanted is int and value is not None and abs(value) > MOST:
            raise ValueError(f"Its {name} is {shown(value)}, which is too large: correct it.")
        return value
    # Whole numbers, as some tools write them.
    if wanted is int and isinstance(value, float) and value.is_integer() and abs(value) <= MOST:
        return int(value)
    raise ValueError(f"Its {name} is {shown(value)}, which is {_WORDS.get(wanted, 'no map')}.")


@cache
def _types() -> dict[str, type]:
    hints = typing.get_type_hints(StockMovement)
    return {name: hint if hint in _WORDS else dict for name, hint in hints.items()}
