"""The bar that finds everything: where it leads, and what can be done from everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.config.screens.parts import Parts
from app.domain.entities import Place, natural_key
from app.domain.scans import Scan, ScannedOrder, ScannedPaper
from app.ui.core.screen import Route
from app.ui.shell.scanned import screen_of
from app.ui.shell.workplace import Workplace
from app.ui.spotlight.destinations import ACTION, PLACE, SCREEN, Destination

if TYPE_CHECKING:
    from app.domain.customers import Customer
    from app.ui.spotlight.dialog import SpotlightDialog

_LOOKS = {"light": "Light look", "dark": "Dark look", "contrast": "High contrast look"}
_WORDS = {
    "find": "search products",
    "order": "sell sale cart checkout",
    "orders": "receipts returns sold",
    "catalogue": "products pictures",
    "customers": "people clients",
    "low_stock": "reorder point",
    "receive": "goods receipt delivery",
    "transfers": "transfer order ship",
    "count": "stocktake stock take inventory",
    "reorder": "purchase order supplier",
    "history": "movements",
    "oversold": "oversell below zero",
    "sales": "figures revenue report",
    "closing": "close day end z report till",
    "sync": "network online offline scanner",
}
"""What else people call the screens."""

_MOST = 10_000
"""Products whose places are looked at for the aisles of a store."""


def open_spotlight(parts: Parts, routes: Sequence[Route], workplace: Workplace) -> SpotlightDialog:
    """Open the bar over the screen that is shown; what the person may not do is not in it."""
    # The start does not wait for these.
    from app.ui.order.customer_lookup import CustomerLookup
    from app.ui.spotlight.dialog import SpotlightDialog
    from app.ui.spotlight.view_model import SpotlightViewModel, Ways

    data = parts.repositories
    may = [route for route in routes if workplace.has(route.name)]

    def may_open(scan: Scan) -> bool:
        match scan.meaning:
            case ScannedPaper() | ScannedOrder() as paper:
                return workplace.has(screen_of(paper))
        return True

    sees_customers = workplace.has("customers")
    view_model = SpotlightViewModel(
        data.catalogue,
        CustomerLookup(data.customers, data.customer_directory, data.store_id)
        if sees_customers
        else None,
        [*_screens(may, workplace), *_actions(parts, workplace)],
        may_open,
        Ways(workplace.open_product, partial(_show_customer, parts), workplace.scans.open),
    )
    dialog = SpotlightDialog(view_model, parts.appearance, workplace)
    dialog.open()
    return dialog


def _screens(routes: Sequence[Route], workplace: Workplace) -> Iterator[Destination]:
    for route in routes:
        show = partial(workplace.visit, route.name)
        yield Destination(
            f"screen {route.name}",
            SCREEN,
            route.title,
            show,
            words=_WORDS.get(route.name, ""),
            key=route.shortcut,
        )


def _actions(parts: Parts, workplace: Workplace) -> Iterator[Destination]:
    def action(
        title: str,
        words: str,
        act: Callable[[], object],
        key: str = "",
        place: Place | None = None,
    ) -> Destination:
        name = f"action {title}"
        return Destination(name, ACTION, title, act, words=words, key=key, place=place)

    has, visit = workplace.has, workplace.visit
    if has("order"):
        yield action("New order", "sell sale cart", partial(visit, "order"))
    if has("customers"):
        yield action("New customer", "create add person", partial(_new_customer, parts))
    if has("receive"):
        yield action("Receive goods", "goods receipt delivery", partial(visit, "receive"))
    if has("count"):
        yield action("New count", "stocktake", partial(_new_count, parts, ""))
    if has("low_stock"):
        yield action("Export low stock", "csv file save", partial(_export_low_stock, parts))
    if has("reorder"):
        yield action("Order what is low", "reorder purchase order", partial(_order_low, parts))
    yield action("Undo the last change", "take back", workplace.undo, "Ctrl+Z")
    yield action("Say whose code this is", "teach scan", workplace.scans.teach, "Ctrl+T")
    yield action("Switch user", "sign out log in", workplace.sign_out, "Ctrl+L")
    yield action("Help", "keys shortcuts about version", workplace.help_asked.emit, "F1")
    scanner = partial(workplace.open_item, "sync", "scanner")
    yield action("Set up the scanner", "barcode", scanner)
    if not parts.offline:
        title = "Go online" if parts.sync.state.paused else "Go offline"
        yield action(title, "network sync", partial(_switch_line, parts))
    for look, title in _LOOKS.items():
        yield action(title, "theme color", partial(parts.appearance.choose, look))
    for aisle in _aisles(parts):
        place = Place(aisle, "", "")
        if has("count"):
            count = partial(_new_count, parts, aisle)
            yield action(f"Count aisle {aisle}", "stocktake new", count, place=place)
        show = partial(workplace.scans.look_for, f"aisle {aisle}")
        yield Destination(f"aisle {aisle}", PLACE, f"Aisle {aisle}", show, place=place)


def _aisles(parts: Parts) -> list[str]:
    catalogue = parts.repositories.catalogue
    listings = map(catalogue.listing, catalogue.search("", _MOST).product_ids)
    return sorted({one.place.aisle for one in listings if one and one.place}, key=natural_key)


# The start waits for none of the modules that are imported from here on.


def _show_customer(parts: Parts, customer: Customer) -> None:
    from app.ui.customers.screen import CustomersScreen

    if (screen := parts.shown(CustomersScreen, "customers")) is not None:
        screen.show_customer(customer)


def _new_customer(parts: Parts) -> None:
    from app.ui.customers.screen import CustomersScreen

    if (screen := parts.shown(CustomersScreen, "customers")) is not None:
        screen.begin()


def _new_count(parts: Parts, aisle: str) -> None:
    from app.ui.count.screen import CountScreen

    if (screen := parts.shown(CountScreen, "count")) is not None:
        screen.begin(aisle)


def _export_low_stock(parts: Parts) -> None:
    from app.ui.low_stock.screen import LowStockScreen

    if (screen := parts.shown(LowStockScreen, "low_stock")) is not None:
        screen.export()


def _order_low(parts: Parts) -> None:
    from app.ui.reorder.screen import ReorderScreen

    if (screen := parts.shown(ReorderScreen, "reorder")) is not None:
        screen.order_low()


def _switch_line(parts: Parts) -> None:
    from app.ui.sync.screen import SyncScreen

    if (screen := parts.shown(SyncScreen, "sync")) is not None:
        screen.overview.switch.click()
