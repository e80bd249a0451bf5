"""What can be done with the products that are chosen in a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.data.stock.catalogue import Catalogue
from app.domain.entities import Place
from app.ui.core.bindings import Binding
from app.ui.core.formats import counted
from app.ui.core.message import Message
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable

if TYPE_CHECKING:
    from app.ui.core.printing import Printing


@dataclass(frozen=True, slots=True)
class ProductWays:
    """What the person may do with products, by their ids; None for what is for others to do.

    `order` puts several on a draft for the supplier, `sell` one unit into the open cart.
    """

    catalogue: Catalogue
    may_move: bool
    order: Callable[[Sequence[str]], object] | None
    sell: Callable[[str], object] | None


class ChosenProducts:
    """Gives a screen the keys of the product card for the rows of its tables, and their menus too.

    Each row has a `product_id`; of several tables one has a choice at a time.
    """

    def __init__(
        self,
        screen: Screen,
        tables: Sequence[RowsTable],
        ways: ProductWays,
        say: Callable[[Message], object],
    ) -> None:
        self._screen = screen
        self._tables = tables
        self._ways = ways
        self._say = say
        self._printing: Printing | None = None
        bindings = [Binding("L", "Print labels", self._label, when=self._is_any)]
        if ways.may_move:
            bindings.append(Binding("M", "Move to another place", self._move, when=self._is_one))
        if ways.order is not None:
            bindings.append(Binding("R", "Reorder at the supplier", self._order, when=self._is_any))
        if ways.sell is not None:
            bindings.append(Binding("C", "Add to the cart", self._sell, when=self._is_any))
        screen.press_keys(*bindings)
        for table in tables:
            table.offer(*bindings)

    @property
    def ids(self) -> list[str]:
        """The ids of the chosen products, from top to bottom."""
        chosen = (table.chosen() for table in self._tables)
        return [row.product_id for row in next(filter(None, chosen), [])]

    def _is_any(self) -> bool:
        return bool(self.ids)

    def _is_one(self) -> bool:
        return len(self.ids) == 1

    def _label(self) -> None:
        # The start of the program waits for none of these.
        from app.ui.core.printing import Printing
        from app.ui.labels.dialog import LabelsDialog
        from app.ui.labels.sheets import place_labels, product_label

        if self._printing is None:
            self._printing = Printing(self._screen)
            self._printing.ended.connect(self._say)
        catalogue = self._ways.catalogue
        listed = [one for one in map(catalogue.listing, self.ids) if one is not None]
        places = [one.place or Place() for one in listed]
        labels = [
            product_label(one.product, place, catalogue.ean13(one.product.product_id))
            for one, place in zip(listed, places, strict=True)
        ]
        dialog = LabelsDialog(labels, place_labels(places), self._screen)
        dialog.chosen.connect(self._printing.offer)
        dialog.open()

    def _move(self) -> None:
        self._screen.move_asked.emit(*self.ids)

    def _order(self) -> None:
        if self._ways.order is not None:
            self._ways.order(self.ids)

    def _sell(self) -> None:
        if self._ways.sell is not None:
            sold = self.ids
            for product_id in sold:
                self._ways.sell(product_id)
            each = f" of each of {counted(len(sold), 'product')}" if len(sold) > 1 else ""
            self._say(Message(f"One more{each} in the open cart."))
