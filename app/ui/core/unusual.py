"""Asking about unusually many units before they are posted, alike on every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from PySide6.QtWidgets import QDialog, QWidget

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.unusual import NEWEST, TIMES, Asked, Unusual, unusual
from app.ui.core.dialogs import ask
from app.ui.core.formats import number
from app.ui.core.on_hand import stock_keys

_SHOWN: Final = 5


class UsualQuantities:
    """Knows what is usual in the store of the catalogue."""

    def __init__(self, catalogue: Catalogue, stock: StockRepository) -> None:
        self._catalogue = catalogue
        self._stock = stock

    async def unusual(self, asked: Iterable[Asked]) -> list[Unusual]:
        """What has to be asked about, in the order given."""
        # Fewer are never far from what is usual, so that most papers read nothing.
        many = [one for one in asked if abs(one.quantity) >= TIMES]
        keys = stock_keys(self._catalogue, [one.product_id for one in many])
        items = {one.product_id: one for one in await self._stock.items(keys)} if keys else {}
        found = []
        for one in many:
            item = items.get(one.product_id)
            movements = await self._stock.newest(item.inventory_id, NEWEST) if item else []
            found.append(unusual(one, item, movements))
        return [one for one in found if one is not None]


def ask_unusual(
    parent: QWidget,
    found: Sequence[Unusual],
    on_right: Callable[[], object],
    on_wrong: Callable[[], object],
) -> QDialog:
    """Ask whether so many are meant; Esc and Enter mean no, and `on_wrong` goes to the field."""
    lines = [one.text for one in found[:_SHOWN]]
    more = len(found) - len(lines)
    lines += [f"And {number(more)} more."] if more else []
    return ask(
        parent,
        "Unusually many?",
        "\n".join(lines),
        "Yes, that is right",
        on_right,
        "No, correct it",
        on_wrong,
    )
