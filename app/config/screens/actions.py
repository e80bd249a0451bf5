"""What can be done from everywhere, for the bar that finds everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from app.config.screens.parts import Parts
from app.domain.entities import natural_key
from app.ui.core.screen import Route
from app.ui.spotlight.destinations import ACTION, PLACE, SCREEN, Destination

_LOOKS = {"light": "Light look", "dark": "Dark look", "contrast": "High contrast look"}
_MOST = 10_000
"""Products whose places are looked at for the aisles of a store."""


def destinations(
    parts: Parts, routes: Iterable[Route], open_item: Callable[[str, str], object]
) -> list[Destination]:
    """The screens of a person and what can be done on them; `open_item` shows one thing there."""
    may = [route for route in routes if parts.actor.profile.role in route.roles]
    screens = [
        Destination(
            f"screen {route.name}",
            SCREEN,
            route.title,
            partial(open_item, route.name, ""),
            key=route.shortcut,
        )
        for route in may
    ]
    return [*screens, *_actions(parts, {route.name for route in may}, open_item)]


def _actions(
    parts: Parts, may: set[str], open_item: Callable[[str, str], object]
) -> Iterator[Destination]:
    def action(title: str, words: str, act: Callable[[], object]) -> Destination:
        return Destination(f"action {title}", ACTION, title, act, words=words)

    if "order" in may:
        yield action("New order", "sell sale cart", partial(open_item, "order", ""))
    if "customers" in may:
        yield action("New customer", "create add person", partial(_new_customer, parts))
    if "receive" in may:
        yield action("Receive goods", "goods receipt delivery", partial(open_item, "receive", ""))
    if "count" in may:
        yield action("New count", "stocktake", partial(_new_count, parts, ""))
    if "low_stock" in may:
        yield action("Export low stock", "csv file save", partial(_export_low_stock, parts))
    if "reorder" in may:
        yield action("Order what is low", "reorder purchase order", partial(_order_low, parts))
    yield action("Set up the scanner", "barcode", partial(open_item, "sync", "scanner"))
    if not parts.offline:
        title = "Go online" if parts.sync.state.paused else "Go offline"
        yield action(title, "network sync", partial(_switch_line, parts))
    for look, title in _LOOKS.items():
        yield action(title, "theme color", partial(parts.appearance.choose, look))
    for aisle in _aisles(parts) if "count" in may else ():
        title = f"Count aisle {aisle}"
        yield action(title, "stocktake new", partial(_new_count, parts, aisle))
    for aisle in _aisles(parts) if "aisles" in may else ():
        yield Destination(
            f"aisle {aisle}", PLACE, f"Aisle {aisle}", partial(parts.look_for, f"aisle {aisle}")
        )


def _aisles(parts: Parts) -> list[str]:
    catalogue = parts.repositories.catalogue
    listings = map(catalogue.listing, catalogue.search("", _MOST).product_ids)
    return sorted({one.place.aisle for one in listings if one and one.place}, key=natural_key)


# The start waits for none of the modules that are imported from here on.


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
