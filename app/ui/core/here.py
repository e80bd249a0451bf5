"""How numbers, days and distances are written where the computer is, and by whose clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QLocale

from app.domain.entities import Store
from app.domain.shop_days import Zone

_OWN: Final = ""
# Like Qt's locale, one for the program: whoever signs in moves it into a shop.
_clocks: dict[str, Zone] = {}


def place() -> QLocale:
    """The computer's locale; where none is set, as in the US."""
    here = QLocale()
    if here.language() is QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    return here


def enter_shop(own: Store, stores: Iterable[Store]) -> None:
    """Show days and times by the clock of a shop, and what is another store's by its own."""
    _clocks.clear()
    _clocks.update({one.store_id: one.zone for one in stores})
    _clocks[_OWN] = own.zone


def leave_shop() -> None:
    """Show days and times by the clock of this computer."""
    _clocks.clear()


def clock_of(store_id: str = _OWN) -> Zone:
    """The zone of a store's clock; that of the shop one is in for one that nobody knows."""
    return _clocks.get(store_id, _clocks.get(_OWN))
